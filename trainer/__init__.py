"""semduck-train: data, training and evaluation of execution-aware models."""
