"""The export itself: plan, pipeline, report. Composes the services; knows no pixels."""
