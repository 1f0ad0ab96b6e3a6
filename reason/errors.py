"""The errors that Reason raises: one tree, each leaf also a standard exception.

::

    ReasonError
    ├── UnknownFamilyError  (LookupError)   no family of that name; the message says what was meant
    ├── RegistryError       (ValueError)    two families claim one id, or a family breaks the contract
    ├── ConfigError         (ValueError)    a knob, level, split or option that cannot be
    ├── TaskFormatError     (ValueError)    data that is not a task, or was changed after it was made
    ├── InputFormatError    (ValueError)    a user's file that cannot be read; names file and line
    ├── GenerationError     (RuntimeError)  a family could not draw a task: ours, never the model's
    ├── LimitExceeded       (TimeoutError)  an answer takes too much to check; becomes ``Status.TIMEOUT``
    ├── VerifierError       (RuntimeError)  a checker failed: ours, becomes ``Verdict.score = None``
    │   └── ProcessEndedError               the checker's own process ended while it worked
    ├── SandboxError        (RuntimeError)  a sandbox failed: ours, becomes ``Verdict.score = None``
    │   └── SandboxUnavailableError         no backend can run here; the message lists the remedies
    └── ConformanceError    (AssertionError) a family breaks a rule (in ``reason.testing``)

What a model does wrong is never an exception: it is a :class:`reason.Verdict`.
Every error takes one message, so that it pickles across process boundaries.
"""

__all__ = [
    "ConfigError",
    "GenerationError",
    "InputFormatError",
    "LimitExceeded",
    "ProcessEndedError",
    "ReasonError",
    "RegistryError",
    "SandboxError",
    "SandboxUnavailableError",
    "TaskFormatError",
    "UnknownFamilyError",
    "VerifierError",
]


class ReasonError(Exception):
    """Root of everything that Reason raises on purpose."""


class UnknownFamilyError(ReasonError, LookupError):
    """No family has the asked name."""


class RegistryError(ReasonError, ValueError):
    """Two families claim one id, or a family breaks the contract."""


class ConfigError(ReasonError, ValueError):
    """A knob, level, split or option has a value that cannot be."""


class TaskFormatError(ReasonError, ValueError):
    """Data is not a task, or was changed after the task was made."""


class InputFormatError(ReasonError, ValueError):
    """A user's file cannot be read; the message names file, line and fix."""


class GenerationError(ReasonError, RuntimeError):
    """A family could not draw a task."""


class LimitExceeded(ReasonError, TimeoutError):
    """An answer takes more time or memory to check than it was given."""


class VerifierError(ReasonError, RuntimeError):
    """A checker failed through no fault of the answer."""


class ProcessEndedError(VerifierError):
    """The process in which a checker worked ended by itself: a crash of a library, or its own exit."""


class SandboxError(ReasonError, RuntimeError):
    """A sandbox failed through no fault of the program."""


class SandboxUnavailableError(SandboxError):
    """No sandbox backend can run on this machine."""
