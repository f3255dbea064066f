"""Files in and out: probe, decode, mix, encode, mux. The only room that imports av."""
