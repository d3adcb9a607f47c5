"""Looking after runs on disk: rename, delete and restore, export and import, compare, TensorBoard."""
