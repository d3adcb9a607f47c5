"""The peer: A0's training loop as the article writes it and as everyone copies it, on plain torch and torchvision.

A DataLoader in the main process decodes every image through PIL and ToTensor, every step asks for `loss.item()` and for
the accuracy, and nothing of cnnlab is used but the files of the data, which it extracts.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from cnnlab.common.paths import shipped_data
from cnnlab.data.datasets.mnist import make_ready

BATCH = 64


class SimpleCNN(nn.Module):
    """A0's network."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=5, padding=2)
        self.pool = nn.MaxPool2d(2)
        self.relu = nn.ReLU()
        self.fc1 = nn.Linear(32 * 7 * 7, 128)
        self.dropout = nn.Dropout(0.2)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits [N, 10] of images [N, 1, 28, 28]."""
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        x = self.relu(self.fc1(x.flatten(1)))
        return self.fc2(self.dropout(x))


class ArticleLoop:
    """The article's training, a step at a time."""

    def __init__(self, seed: int, device: torch.device):
        torch.manual_seed(seed)
        self.device = device
        self.model = SimpleCNN().to(device)
        make_ready(datasets.MNIST, shipped_data())
        self._train = datasets.MNIST(str(shipped_data()), train=True, transform=transforms.ToTensor())
        self._test = datasets.MNIST(str(shipped_data()), train=False, transform=transforms.ToTensor())
        self._criterion = nn.CrossEntropyLoss()
        self._optimizer = torch.optim.Adam(self.model.parameters(), lr=0.001)
        self._steps = self._epochs()

    def step(self) -> int:
        """Train on the next batch; return how many images it had."""
        return next(self._steps)

    def _epochs(self) -> Iterator[int]:
        loader = DataLoader(self._train, batch_size=BATCH, shuffle=True)
        while True:
            self.model.train()
            running, right, seen = 0.0, 0, 0
            for images, labels in loader:
                images, labels = images.to(self.device), labels.to(self.device)
                self._optimizer.zero_grad()
                outputs = self.model(images)
                loss = self._criterion(outputs, labels)
                loss.backward()
                self._optimizer.step()
                running += loss.item()
                right += (outputs.argmax(1) == labels).sum().item()
                seen += len(labels)
                yield len(labels)

    def accuracy(self) -> float:
        """Share of the 10,000 test images read right."""
        self.model.eval()
        right = 0
        with torch.no_grad():
            for images, labels in DataLoader(self._test, batch_size=1000):
                outputs = self.model(images.to(self.device))
                right += (outputs.argmax(1).cpu() == labels).sum().item()
        self.model.train()
        return right / len(self._test)
