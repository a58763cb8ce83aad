"""`make compat`: one scripted conversation with every real model server that the package registries have."""
