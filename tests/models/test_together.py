"""Several texts in one pass of a transformer: what each would have recorded alone."""

import pytest
import torch

import models
from models.huggingface import HuggingFaceModel


@pytest.mark.parametrize("name", ["reviews-gpt", "story-gpt"])
@torch.no_grad()
def test_texts_recorded_together_are_those_recorded_one_by_one(name):
    model, lots = models.load(name), torch.Generator().manual_seed(0)
    assert isinstance(model, HuggingFaceModel)
    texts = [model.embed(torch.randint(5, 200, (size,), generator=lots)) for size in (7, 1, 30, 12)]
    found = list(model.record_together(texts))
    assert len(found) == len(texts)
    for text, kept in zip(texts, found, strict=True):
        alone = model.record(text)
        torch.testing.assert_close(kept.logits, alone.logits, atol=1e-4, rtol=1e-5)
        torch.testing.assert_close(kept.attention, alone.attention)  # as float32 rounds
        for one, other in ((kept.neurons, alone.neurons), (kept.hidden, alone.hidden)):
            assert one is not None and other is not None and len(one) == len(other)
            for a, b in zip(one, other, strict=True):
                torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-5)
