"""Methods beside plain training: weight averaging, early stopping, transfer learning, distillation."""
