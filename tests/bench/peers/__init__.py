"""The same load on Gradio, Chainlit, Open WebUI, the bare relay and this site: README.md here says how."""
