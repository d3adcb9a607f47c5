"""The program that makes a run again, on torch and torchvision alone, written from the run's own objects."""
