"""The back office of assessment: results for those in charge of people; marking and its aftermath, how a course goes and what
answers say of questions for those who teach it."""
