"""What a page asked for that was left does not take the next one away."""

from __future__ import annotations

from playwright.sync_api import expect

from benchmarks.support.browser import settled
from cnnlab.data import datasets
from cnnlab.data.drawing import classroom_set

BEFORE = """
import time
from streamlit.navigation.page import StreamlitPage
plain_run = StreamlitPage.run
def run(self):
    time.sleep(1)
    plain_run(self)
StreamlitPage.run = run
"""  # a busy machine


def test_a_page_stays_that_was_opened_while_the_one_before_asked_to_be_drawn_again(page, address, runs):
    _, test = datasets.load("mnist")
    classroom_set.add(test.images[4].numpy().reshape(28, 28), 4, path=runs / "drawings.npz")
    held, is_slow = [], False  # what the server says on a slow line

    def pass_on(line):
        server = line.connect_to_server()
        server.on_message(lambda message: held.append((line, message)) if is_slow else line.send(message))

    page.route_web_socket("**/_stcore/stream**", pass_on)
    page.goto(f"{address}/classroom")  # draws itself every 0.7 s
    page.get_by_role("radio", name="Wall").click()
    page.locator(".wall button").click()
    to_the_maps = page.get_by_role("button", name="Feature maps")
    to_the_maps.wait_for()
    settled(page)
    is_slow = True
    to_the_maps.click()
    page.wait_for_timeout(3000)
    is_slow = False
    for line, message in held:
        line.send(message)
    drawing = page.get_by_role("img", name="your drawing").first
    expect(drawing).to_be_visible()
    settled(page, 1.0)
    expect(drawing).to_be_visible()
