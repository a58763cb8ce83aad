"""The local speech service, `make speech`: OpenAI's API, in an environment of its own (.venv-speech).

Whisper recognises by way of faster-whisper; Piper speaks with the voices that are there, and eSpeak NG all
else. It listens on 127.0.0.1 alone. Of the site it uses chat/voice/espeak.py, in which there is no Django.
"""
