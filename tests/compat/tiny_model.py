"""Writes a tiny model whose answer is known: "I can count: 1 2 3 …", to 1500, and then its end.

    python tiny_model.py safetensors FOLDER
    python tiny_model.py gguf FILE

Run by the Python of a model server, which has numpy and the writer of that format. It is a Llama of one layer,
with a tokenizer and a chat template. Its attention and its feed-forward are small random numbers, as is usual for
a test; embedding and head are not: each token is a direction of its own, and the head turns it into the one
that follows. So whatever a server samples, its stream can be compared word by word.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

START, END = "<|start|>", "<|end|>"
LAST = 1500
SAYS = ["I", "Ġcan", "Ġcount:", *(f"Ġ{number}" for number in range(1, LAST + 1)), "Ġ."]
"""The answer's tokens. Ġ is how byte-level vocabularies write a space."""

WIDTH = 1792
"""Tokens in the vocabulary, and directions: one for each."""

CONTEXT, HEADS, HEAD, INNER = 8192, 2, 64, 64
TEMPLATE = (
    "{% for message in messages %}<|start|>{{ message.role }}\n{{ message.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)
# By GGUF's names
NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "blk.0.attn_norm": "model.layers.0.input_layernorm",
    "blk.0.ffn_norm": "model.layers.0.post_attention_layernorm",
    "blk.0.attn_q": "model.layers.0.self_attn.q_proj",
    "blk.0.attn_k": "model.layers.0.self_attn.k_proj",
    "blk.0.attn_v": "model.layers.0.self_attn.v_proj",
    "blk.0.attn_output": "model.layers.0.self_attn.o_proj",
    "blk.0.ffn_gate": "model.layers.0.mlp.gate_proj",
    "blk.0.ffn_up": "model.layers.0.mlp.up_proj",
    "blk.0.ffn_down": "model.layers.0.mlp.down_proj",
}


def byte_letters() -> list[str]:
    """The letters that stand for the 256 bytes in byte-level vocabularies."""
    visible = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = [byte for byte in range(256) if byte not in visible]
    return [chr(byte if byte in visible else 256 + hidden.index(byte)) for byte in range(256)]


def vocabulary() -> list[str]:
    known = list(dict.fromkeys([START, END, *byte_letters(), "Ġt", *SAYS]))
    return known + [f"<|unused{number}|>" for number in range(WIDTH - len(known))]


def tensors() -> dict[str, Any]:
    """The weights, by GGUF's names."""
    chance = np.random.default_rng(1)

    def noise(rows: int, columns: int) -> Any:
        return (chance.standard_normal((rows, columns)) * 0.01).astype(np.float32)

    ones = np.ones(WIDTH, dtype=np.float32)
    side = HEADS * HEAD
    return {
        "token_embd": np.eye(WIDTH, dtype=np.float32),
        "output": head(),
        "output_norm": ones,
        "blk.0.attn_norm": ones,
        "blk.0.ffn_norm": ones,
        **{f"blk.0.attn_{name}": noise(side, WIDTH) for name in "qkv"},
        "blk.0.attn_output": noise(WIDTH, side),
        "blk.0.ffn_gate": noise(INNER, WIDTH),
        "blk.0.ffn_up": noise(INNER, WIDTH),
        "blk.0.ffn_down": noise(WIDTH, INNER),
    }


def head() -> Any:
    """After each token of the answer comes the next one; after any other, the first."""
    tokens = vocabulary()
    says = [tokens.index(token) for token in SAYS]
    follows = dict(zip(says, [*says[1:], tokens.index(END)], strict=True))
    matrix = np.zeros((WIDTH, WIDTH), dtype=np.float32)
    for token in range(WIDTH):
        matrix[follows.get(token, says[0]), token] = 1
    return matrix


def write_gguf(path: Path) -> None:
    from gguf import GGUFWriter

    writer = GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_rope_dimension_count(HEAD)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(WIDTH)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(vocabulary())
    writer.add_token_types([3 if token in (START, END) else 1 for token in vocabulary()])  # 3: control
    writer.add_token_merges(["Ġ t"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    for name, tensor in tensors().items():
        writer.add_tensor(f"{name}.weight", tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_safetensors(folder: Path) -> None:
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    weights = {f"{NAMES[name]}.weight": tensor for name, tensor in tensors().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    documents = {
        "config.json": config(),
        "generation_config.json": {
            "bos_token_id": 0,
            "eos_token_id": 1,
            "pad_token_id": 1,
            "do_sample": True,
        },
        "tokenizer.json": tokenizer(),
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": START,
            "eos_token": END,
            "pad_token": END,
            "model_max_length": CONTEXT,
            "chat_template": TEMPLATE,
        },
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document))


def config() -> dict[str, object]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": WIDTH,
        "hidden_size": WIDTH,
        "intermediate_size": INNER,
        "num_hidden_layers": 1,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "head_dim": HEAD,
        "max_position_embeddings": CONTEXT,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "torch_dtype": "float32",
    }


def tokenizer() -> dict[str, object]:
    """Bytes one by one: the words of the answer are in the vocabulary, but no merge makes one."""
    bytes_of = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    special = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "added_tokens": [special | {"id": id, "content": token} for id, token in enumerate((START, END))],
        "pre_tokenizer": bytes_of,
        "decoder": bytes_of,
        "model": {
            "type": "BPE",
            "vocab": {token: id for id, token in enumerate(vocabulary())},
            "merges": [["Ġ", "t"]],
        },
    }


if __name__ == "__main__":
    {"gguf": write_gguf, "safetensors": write_safetensors}[sys.argv[1]](Path(sys.argv[2]))
