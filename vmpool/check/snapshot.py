"""What a cluster answered, as plain data, and what its objects are by it.

A check asks a snapshot for what it needs and knows nothing of how it is read: what was not asked
yet is a NotAskedError, and reading.py asks it and runs the check again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

Object = Mapping[str, Any]


class Question(NamedTuple):
    """A request to an API server.

    body: JSON that is sent by POST; "" is a GET. metadata_only: leave data, and so secrets, where
    they are.
    """

    path: str
    body: str = ""
    metadata_only: bool = False


class Answer(NamedTuple):
    """status: of HTTP, 0 if there is no answer. body: decoded where it is JSON, else text."""

    status: int
    body: Any


class NotAskedError(Exception):
    """The snapshot lacks the answers to some questions."""

    def __init__(self, questions: Iterable[Question]) -> None:
        super().__init__()
        self.questions = tuple(questions)


class UnseenError(Exception):
    """Something could not be looked at; its text says what, and why.

    forbidden: whether it is for want of a right.
    """

    def __init__(self, text: str, *, forbidden: bool = False) -> None:
        super().__init__(text)
        self.forbidden = forbidden


class Resource(NamedTuple):
    """A kind of object, as paths of the API have it. group: "" is the core."""

    group: str
    version: str
    plural: str

    def path(self, namespace: str = "", name: str = "") -> str:
        """Return where its objects are; namespace: "" is all of them, or those in none."""
        base = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        place = f"/namespaces/{namespace}" if namespace else ""
        return f"{base}{place}/{self.plural}" + (f"/{name}" if name else "")


def resource_of(manifest: Object) -> Resource:
    """Return the kind of a manifest; its plural is as Kubernetes guesses it."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    kind = manifest["kind"].lower()
    return Resource(group, version, f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s")


class Access(NamedTuple):
    """What somebody would do. namespace: "" is everywhere. subresource: "" is none."""

    verb: str
    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def attributes(self) -> dict[str, str]:
        """It as a review of access has it."""
        said = {
            "verb": self.verb,
            "group": self.resource.group,
            "resource": self.resource.plural,
            "namespace": self.namespace,
            "name": self.name,
            "subresource": self.subresource,
        }
        return {key: value for key, value in said.items() if value}


class Snapshot:
    """The answers of a cluster.

    Every look raises NotAskedError if it was not asked yet, and UnseenError if it was and there is
    no answer to judge by.
    """

    def __init__(self, answers: Mapping[Question, Answer]) -> None:
        self._answers = answers

    def require(self, questions: Iterable[Question]) -> None:
        """Raise NotAskedError unless all of some questions were asked: one round for many."""
        if missing := [one for one in questions if one not in self._answers]:
            raise NotAskedError(missing)

    def answer(self, question: Question) -> Answer:
        """Return an answer, whatever it is."""
        self.require([question])
        return self._answers[question]

    def document(self, path: str, what: str) -> Any:
        """Return what stands at a path, None if nothing does. what: for the sentence, "nodes"."""
        return self._seen(Question(path), what)

    def list(self, resource: Resource, namespace: str = "") -> list[Object]:
        """Return the objects of a kind; none if the cluster does not know the kind."""
        found = self._seen(Question(resource.path(namespace)), f"list {resource.plural}")
        return list(found["items"]) if found else []

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        """Return an object, None if there is none. namespace: "" of one that is in none."""
        found = self._seen(Question(resource.path(namespace, name)), f"get {resource.plural}")
        return found if isinstance(found, Mapping) else None

    def there(self, resource: Resource, namespace: str, name: str) -> bool:
        """Tell whether there is an object; its data are not read."""
        question = Question(resource.path(namespace, name), metadata_only=True)
        return self._seen(question, f"get {resource.plural}") is not None

    def allowed(self, access: Access) -> bool:
        """Tell whether who runs the check may do something."""
        # Who may everywhere need not be asked about for every namespace.
        everywhere = review(access._replace(namespace="", name=""))
        return self._allows(everywhere) or self._allows(review(access))

    def allowed_to(self, user: str, groups: Iterable[str], access: Access) -> bool:
        """Tell whether somebody else may do something."""
        return self._allows(review(access, {"user": user, "groups": list(groups)}))

    def _allows(self, question: Question) -> bool:
        found = self._seen(question, "ask who may do what")
        return bool(found and found.get("status", {}).get("allowed"))

    def _seen(self, question: Question, what: str) -> Any:
        answer = self.answer(question)
        if answer.status in (HTTPStatus.OK, HTTPStatus.CREATED):
            return answer.body
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        if answer.status in (HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED):
            raise UnseenError(f"you may not {what}", forbidden=True)
        raise UnseenError(f"{what}: {message_of(answer)}")


def everywhere(access: Access) -> Question:
    """Return the question that comes before others on the same kind and verb."""
    return review(access._replace(namespace="", name=""))


def review(access: Access, who: Mapping[str, Any] | None = None) -> Question:
    """Return the question whether somebody may do something; who: None is who runs the check."""
    kind = "SubjectAccessReview" if who else "SelfSubjectAccessReview"
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": kind,
        "spec": {"resourceAttributes": access.attributes, **(who or {})},
    }
    resource = Resource("authorization.k8s.io", "v1", f"{kind.lower()}s")
    return Question(resource.path(), json.dumps(body, sort_keys=True))


def message_of(answer: Answer) -> str:
    """Return what an API server says of a failure, in one line."""
    said = answer.body.get("message") if isinstance(answer.body, Mapping) else answer.body
    return " ".join(str(said or f"status {answer.status}").split())
