"""The program's own sentences on pools, as they were before the engine took secrets out of them.

They have names, paths and numbers, and no secret. Where a password is the name of a pool, the
engine takes that for it: a command to copy is none then, and the gap tells the password.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kubevirt_vm_pool.effects import Effect
from kubevirt_vm_pool.effects.disk_guard import Judge, RefusedError, require_disks_stay

HIDDEN = "[secret]"


class OwnSentences:
    """Hears what is judged of pools. judge: who judges; None is the disk guard."""

    def __init__(self, judge: Judge | None) -> None:
        self._judge = judge
        self._said: dict[str, str] = {}

    def judge(
        self, namespace: str, pool: str, found: Sequence[Effect], environment: Mapping[str, str]
    ) -> None:
        """Let it be judged what becomes of a pool, and keep what is said."""
        for effect in found:
            self._keep(effect.text, pool)
        try:
            if self._judge:
                self._judge(namespace, pool, found, environment)
            else:
                require_disks_stay(pool, found, environment)
        except RefusedError as refusal:
            self._keep(str(refusal), pool)
            raise

    def restored(self, message: str) -> str:
        """Return a message of the engine with these sentences as they were."""
        if HIDDEN in message:
            # A refusal has what happens in it.
            for hidden in sorted(self._said, key=len, reverse=True):
                message = message.replace(hidden, self._said[hidden])
        return message

    def _keep(self, text: str, pool: str) -> None:
        if pool in text:
            self._said[text.replace(pool, HIDDEN)] = text
