"""Conversations from elsewhere: a file is uploaded, looked through, and then taken in by a job.

`archive` opens the file, `split` cuts its JSON into conversations, a reader per product (`chatgpt`,
`claude`, `openwebui`, `librechat`, `own`) says what each holds, `tree` makes questions and replies of that,
and `writer` the rows.
"""
