"""A stranger's file in, safely; ours out, whole or not at all."""
