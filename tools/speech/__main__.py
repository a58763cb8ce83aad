"""Start it: `python -m tools.speech --model base --folder var/speech-models`. `make speech` does that."""

import argparse
import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from tools.speech.piper_voices import PiperSpeaker
from tools.speech.recognition import CannotLoad, Whisper
from tools.speech.service import HOST, application, runner_of
from tools.speech.voices import EspeakSpeaker

PORT = 8969


def main() -> int:
    """Serve until interrupted; return 1 when it cannot start."""
    parser = argparse.ArgumentParser(prog="make speech", description=__doc__)
    parser.add_argument("--model", default="base", help="a name such as base or small, or a model's folder")
    parser.add_argument("--folder", type=Path, required=True, help="where models and Piper voices are kept")
    parser.add_argument("--port", type=int, default=PORT)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    speakers = [PiperSpeaker(arguments.folder), EspeakSpeaker()]
    is_there = Path(arguments.model).is_dir()
    download = "" if is_there else f" (downloaded into {arguments.folder}, the first time)"
    say(f"Loading Whisper {arguments.model}{download}")
    try:
        recognizer = Whisper(arguments.model, arguments.folder)
    except CannotLoad as problem:
        say(f"The model cannot be loaded: {problem}")
        say("Name another with LOCAL_SPEECH_MODEL: tiny, base, small, or the folder of one that is there.")
        return 1
    with suppress(KeyboardInterrupt):
        return asyncio.run(serve(application(recognizer, speakers), arguments.port))
    return 0


async def serve(app: web.Application, port: int) -> int:
    """Serve until cancelled; return 1 when the port is taken."""
    runner = runner_of(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as problem:
        say(f"Port {port} cannot be used: {problem.strerror}")
        return 1
    else:
        say(f"Speech: http://{HOST}:{port}/v1, found by a site on this machine by itself (Ctrl+C ends it)")
        await asyncio.Event().wait()
        return 0
    finally:
        await runner.cleanup()


def say(words: str) -> None:
    """Tell it at once."""
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
