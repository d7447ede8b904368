"""The back office of assessment: results for those in charge of people, marking and its aftermath for those who teach."""
