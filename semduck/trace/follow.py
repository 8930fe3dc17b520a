"""The sys.settrace recorder: every event of the user's frames, with the exact difference of state.

Runs inside the recorded process. State at an event is what the program sees at that moment; a line event
comes before its line runs, so the effects of a line are found at the next event.
"""

import sys
from _thread import RLock, get_ident
from _weakref import ref as weak

from . import effects
from .resolve import MISSING, MUTATORS, PLAIN, Resolver
from .snapshot import Function, Heap, Module, Shadow, _ref
from .tail import Full

LINE, CALL, RETURN, EXCEPTION, YIELD, RESUME, UNWIND = range(7)
SUSPENDS = 0x20 | 0x80 | 0x200  # co_flags of generators, coroutines, asynchronous generators
SWEEP = 100_000  # shadows held before the unreachable ones are forgotten
ROOM = 60  # stack entries our trace functions may need
PIECE = 100_000  # bytes of output in one event


def _opcodes():
    """Numbers of YIELD_VALUE and of the opcodes that return, for this interpreter."""
    before = set(sys.modules)
    import opcode

    names = opcode.opmap
    for name in set(sys.modules) - before:
        del sys.modules[name]
    returns = {names[n] for n in ("RETURN_VALUE", "RETURN_CONST") if n in names}
    return names["YIELD_VALUE"], returns


YIELD_VALUE, RETURNS = _opcodes()
HERE = __file__[: -len("follow.py")]
SINCE_313 = sys.version_info >= (3, 13)


class FileInfo:
    """A recorded file: number, effects by line, codes by address."""

    __slots__ = ("codes", "lines", "number")

    def __init__(self, number, lines):
        self.number, self.lines, self.codes = number, lines, {}


class CodeInfo:
    """A recorded code object. The reference keeps its address from being used again."""

    __slots__ = ("code", "free", "lines", "module", "number", "opcodes")

    def __init__(self, number, code, lines):
        self.number, self.code, self.lines = number, code, lines
        self.free = frozenset(code.co_freevars)
        self.module = code.co_name == "<module>"
        self.opcodes = code.co_code if code.co_flags & SUSPENDS else None


class Namespace:
    """Global names of one module."""

    __slots__ = ("bindings", "number")

    def __init__(self, number):
        self.number, self.bindings = number, {}


class Lane:
    """A thread as the recording counts them."""

    __slots__ = ("number", "watch")

    def __init__(self, number, thread):
        self.number = number
        self.watch = weak(thread) if thread is not None else None


class Resume:
    """Kept by a frame beyond the program's stack limit: tracing goes on when the frame is gone."""

    def __init__(self, recorder):
        self.recorder = recorder

    def __del__(self):
        recorder = self.recorder
        if recorder.on:
            for followed in list(recorder.live.values()):
                followed.deep = True  # what happened meanwhile was not seen line by line
            sys.settrace(recorder.dispatch)


class Followed:
    """One frame: what the recording knows of its names. Holds no reference to the frame itself."""

    __slots__ = ("bindings", "closed", "deep", "fid", "info", "lane", "pending", "raised", "recorder", "space",
                 "stack", "suspended")

    def __init__(self, recorder, fid, info, lane, space):
        self.recorder, self.fid, self.info, self.lane, self.space = recorder, fid, info, lane, space
        self.bindings = space.bindings if info.module else {}
        self.pending = None
        self.deep = self.suspended = self.raised = self.closed = False

    def local(self, frame, event, arg):
        """The local trace function of the frame."""
        recorder = self.recorder
        if not recorder.on or self.closed:
            return None
        try:
            with recorder.lock:
                if event == "line":
                    recorder.line(self, frame)
                elif event == "return":
                    recorder.leave(self, frame, arg)
                elif event == "exception":
                    recorder.exception(self, frame, arg)
        except Full as full:
            recorder.give_up(str(full))
        except RecursionError:
            pass  # the program is at its limit: this event is missed, its own error follows
        except Exception as error:
            recorder.failed(error)
        return self.local


class Recorder:
    """Turns trace events into log events. `is_user_file(filename)` says what is recorded."""

    def __init__(self, log, is_user_file, user_modules, read_source, max_steps):
        self.log, self.max_steps = log, max_steps
        self.is_user_file, self.read_source = is_user_file, read_source
        self.heap = Heap(user_modules)
        self.resolver = Resolver(self.heap, self._is_user_code)
        self.user_modules = user_modules
        self.files, self.live, self.spaces, self.lanes = {}, {}, {}, {}
        self.lock = RLock()
        self.deferred = []  # output of finalizers that ran while an event was being written
        self.on, self.begun = True, False
        self.steps = self.frames = self.code_count = self.file_count = 0
        self.lane_count = 0
        self.sweep_at = SWEEP
        self.hooked_threads = False
        self.on_stop = None
        self.limit = sys.getrecursionlimit

    # -- installing --------------------------------------------------------------------------------------

    def start(self):
        """Record from here on, in this thread and in those to come."""
        sys.settrace(self.dispatch)

    def _first(self):
        """The program begins: the module that started us disappears, unless it hides a real one."""
        self.begun = True
        module = sys.modules.get("sitecustomize")
        if module is not None and getattr(module, "__semduck_only__", None) is not None:
            if module.__dict__.pop("__semduck_only__"):
                del sys.modules["sitecustomize"]

    def stop(self):
        """Record nothing more."""
        self.on = False
        sys.settrace(None)

    def give_up(self, reason):
        """Stop recording, let the program go on, and leave a note when there is still room for it."""
        self.on = False
        self.log.last_words(["L", reason[:500]])
        sys.settrace(None)

    def failed(self, error):
        """A fault of ours never reaches the program: recording ends here and says so."""
        trace = error.__traceback__
        while trace.tb_next is not None:
            trace = trace.tb_next
        if not trace.tb_frame.f_code.co_filename.startswith(HERE):  # a signal handler of the program raised
            self.give_up("a signal handler raised an exception: nothing after it was recorded")
            raise error.with_traceback(trace)
        where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        self.give_up(f"the recorder failed ({type(error).__name__} in {where}) and recorded nothing more")

    def _hook_threads(self):
        threading = sys.modules.get("threading")
        if threading is not None and hasattr(threading, "settrace"):
            self.hooked_threads = True
            if threading._trace_hook is None:
                threading._trace_hook = self.dispatch

    def dispatch(self, frame, event, arg):
        """The global trace function: called when any frame begins or goes on."""
        if event != "call" or not self.on:
            return None
        code = frame.f_code
        info = self.files.get(code.co_filename, MISSING)
        if info is None:
            if not self.hooked_threads:
                self._hook_threads()
            return None
        try:
            with self.lock:
                if info is MISSING:
                    info = self._new_file(code.co_filename)
                    if info is None:
                        return None
                return self._enter(frame, code, info)
        except Full as full:
            self.give_up(str(full))
        except RecursionError:
            pass
        except Exception as error:
            self.failed(error)
        return None

    # -- files, codes, lanes -------------------------------------------------------------------------------

    def _is_user_code(self, code):
        return self.files.get(code.co_filename) is not None or self.is_user_file(code.co_filename)

    def _new_file(self, filename):
        info = None
        if self.is_user_file(filename):
            data = self.read_source(filename)
            number, self.file_count = self.file_count, self.file_count + 1
            info = FileInfo(number, effects.analyse(data, filename))
            self.log.emit(["S", number, filename, data.decode("latin-1")])
        self.files[filename] = info
        return info

    def _code(self, code, file):
        found = file.codes.get(id(code))
        if found is None:
            found = file.codes[id(code)] = CodeInfo(self.code_count, code, file.lines)
            self.code_count += 1
            arguments = code.co_argcount + code.co_kwonlyargcount
            arguments += bool(code.co_flags & 4) + bool(code.co_flags & 8)
            self.log.emit(["C", found.number, file.number, code.co_qualname, code.co_firstlineno,
                           list(code.co_varnames[:arguments]), list(code.co_names), code.co_flags,
                           [*code.co_varnames, *code.co_cellvars, *code.co_freevars]])
        return found

    def _lane(self, outermost=False):
        ident = get_ident()
        lane = self.lanes.get(ident)
        if lane is not None and not outermost:
            return lane
        threading = sys.modules.get("threading")
        thread = getattr(threading, "_active", {}).get(ident)
        watch = lane and lane.watch
        if lane is None or watch is not None and watch() is not thread:  # idents are used again
            lane = self.lanes[ident] = Lane(self.lane_count, thread)
            self.lane_count += 1
            self.log.emit(["T", lane.number])
        return lane

    def _space(self, globals_):
        space = self.spaces.get(id(globals_))
        if space is None:
            space = self.spaces[id(globals_)] = Namespace(len(self.spaces))
            name = globals_.get("__name__")
            self.log.emit(["G", space.number, name if type(name) is str else ""])
            if type(name) is str:
                self.user_modules.add(name)
        return space

    # -- events ------------------------------------------------------------------------------------------

    def _enter(self, frame, code, file):
        if not self.begun:
            self._first()
        followed = self.live.get(id(frame))
        if followed is not None and followed.suspended and followed.info.code is code:
            followed.suspended = False
            followed.lane = self._lane()
            parent = self._absorb_parent(frame)
            ops = self._absorb(followed, frame)
            self._step([RESUME, followed.fid, frame.f_lineno, ops, None, parent.fid if parent else -1])
            return followed.local
        parent = self._absorb_parent(frame)
        depth = self._stack_depth(frame, parent)
        if depth > self.limit() - ROOM:  # beyond the program's own limit: its error is near and must be its own
            frame.f_trace = Resume(self)
            sys.settrace(None)
            return None
        info = self._code(code, file)
        space = self._space(frame.f_globals)
        followed = Followed(self, self.frames, info, self._lane(parent is None), space)
        followed.stack = depth
        self.frames += 1
        self.live[id(frame)] = followed
        self.log.emit(["F", followed.fid, info.number, parent.fid if parent else -1, followed.lane.number,
                       space.number])
        self._step([CALL, followed.fid, frame.f_lineno, self._absorb(followed, frame)])
        return followed.local

    def _stack_depth(self, frame, parent):
        """Frames on the stack, counted from the nearest one whose depth is known."""
        count, back = 1, frame.f_back
        while back is not None:
            known = self.live.get(id(back))
            if known is not None and known is parent:
                return known.stack + count
            count, back = count + 1, back.f_back
        return count

    def _absorb_parent(self, frame):
        """The caller's line is half done: record what it changed so far. Returns the caller."""
        back = frame.f_back
        direct = True
        while back is not None:
            parent = self.live.get(id(back))
            if parent is not None and parent.info.code is back.f_code:
                if not direct:
                    parent.deep = True  # library code in between may change anything it was given
                pending = parent.pending
                if not direct or (pending is not None and (pending.effects or pending.complex)):
                    self.early = self._absorb(parent, back)
                    if self.early:
                        self.log.emit(["E", parent.fid, self.early])
                return parent
            direct = False
            back = back.f_back
        return None

    def line(self, followed, frame):
        """A line is about to run."""
        followed.raised = False
        ops = self._absorb(followed, frame)
        number = frame.f_lineno
        lines = followed.info.lines
        followed.pending = lines.get(number) if lines is not None else None
        self._step([LINE, followed.fid, number, ops] if ops else [LINE, followed.fid, number])

    def exception(self, followed, frame, arg):
        """An exception is raised in, or arrives at, the frame."""
        ops = self._absorb(followed, frame)
        _, value, trace = arg
        heap = self.heap
        heap.begin()
        fresh = self._fresh(trace)
        known = heap.shadows.get(id(value))
        if fresh and known is not None and known.was_raised:
            del heap.shadows[id(value)]  # a new exception where a dead one was
        token = heap.token(value)
        token.was_raised = True
        heap.drain()
        ops += heap.ops
        heap.ops = []
        followed.raised = True
        self._step([EXCEPTION, followed.fid, frame.f_lineno, ops, _ref(token), 1 if fresh else 0])

    def _fresh(self, trace):
        """Was it raised here (or in code that is not recorded), not in another recorded frame?"""
        trace = trace and trace.tb_next
        while trace is not None:
            if self.files.get(trace.tb_frame.f_code.co_filename) is not None:
                return False
            trace = trace.tb_next
        return True

    def leave(self, followed, frame, arg):
        """The frame returns, yields, or is left by an exception."""
        ops = self._absorb(followed, frame)
        kind = self._leaving(followed, frame, arg)
        heap = self.heap
        heap.begin()
        token = heap.token(arg)
        heap.drain()
        ops += heap.ops
        heap.ops = []
        followed.suspended = kind == YIELD
        if kind != YIELD:
            followed.closed = True
            self.live.pop(id(frame), None)
        self._mark_library_caller(frame)
        if kind == UNWIND:
            self._step([UNWIND, followed.fid, frame.f_lineno, ops])
        else:
            self._step([kind, followed.fid, frame.f_lineno, ops, _ref(token)])

    def _leaving(self, followed, frame, arg):
        codes = followed.info.opcodes
        if codes is not None and not followed.raised:
            at = frame.f_lasti  # 3.13 already points behind the yield
            if codes[at] == YIELD_VALUE or SINCE_313 and at > 1 and codes[at - 2] == YIELD_VALUE:
                return YIELD
        if arg is None and followed.raised:
            codes = codes or followed.info.code.co_code
            return RETURN if codes[frame.f_lasti] in RETURNS else UNWIND
        return RETURN

    def _mark_library_caller(self, frame):
        back = frame.f_back
        if back is None or id(back) in self.live:
            return
        while back is not None:
            parent = self.live.get(id(back))
            if parent is not None:
                parent.deep = True
                return
            back = back.f_back

    # -- state -------------------------------------------------------------------------------------------

    def _absorb(self, followed, frame):
        """Operations that bring the recording from the frame's last event to now."""
        heap = self.heap
        heap.begin()
        names = frame.f_globals if followed.info.module else frame.f_locals
        pending, deep = followed.pending, followed.deep
        again = deep or (pending is not None and pending.complex)
        if pending is not None and (pending.effects or deep) or deep:
            self._effects(followed, frame, names, pending)
        followed.deep = False
        ops = []
        tag = ["g", followed.space.number] if followed.info.module else ["l"]
        changed = self._bind(followed.bindings, names, tag, ops, again)
        if changed and not followed.info.free.isdisjoint(changed):
            self._share(frame, followed.info.free.intersection(changed), ops)
        if pending is not None and pending.globals and not followed.info.module:
            space = followed.space
            self._bind(space.bindings, frame.f_globals, ["g", space.number], ops, again)
        heap.drain()
        if heap.ops:
            ops = heap.ops + ops
            heap.ops = []
        return ops

    def _bind(self, bindings, names, tag, ops, again):
        """Compare a namespace with what is known of it. Returns the changed names."""
        heap, changed = self.heap, []
        get = bindings.get
        for name, value in (names.items() if type(names) is not dict else list(names.items())):
            old = get(name, MISSING)
            if old is value:
                continue
            if type(old) is Shadow and old.pyid == id(value) and old.type is type(value) and not again:
                continue
            if name[:1] == "." or (name[:2] == "__" and name[-2:] == "__"):
                continue
            token = heap.token(value)
            if token is not old:
                bindings[name] = token
                ops.append([*tag, name, _ref(token)])
                changed.append(name)
        self._unbind(bindings, names, tag, ops, changed)
        return changed

    @staticmethod
    def _unbind(bindings, names, tag, ops, changed):
        if len(bindings) > len(names) or any(n not in names for n in bindings):
            for name in [n for n in bindings if n not in names]:
                del bindings[name]
                ops.append(["x", *tag[1:], name])
                changed.append(name)

    def _share(self, frame, names, ops):
        """A closure changed names that outer frames on the stack show too."""
        back = frame.f_back
        while back is not None:
            outer = self.live.get(id(back))
            if outer is not None and not outer.info.module:
                code = outer.info.code
                shared = names.intersection(code.co_cellvars + code.co_freevars)
                if shared:
                    held = back.f_locals
                    for name in shared:
                        if name in held:
                            token = self.heap.token(held[name])
                            if outer.bindings.get(name, MISSING) is not token:
                                outer.bindings[name] = token
                                ops.append(["o", outer.fid, name, _ref(token)])
            back = back.f_back

    def _effects(self, followed, frame, names, info):
        """Look again at what the last line may have changed."""
        heap, resolver, globals_ = self.heap, self.resolver, frame.f_globals
        roots = info.roots if info is not None else ()
        by_super = followed.deep or any(effect[0] == "super" for effect in info.effects)
        if followed.deep or self._found(info, names, globals_) > 1:
            self._deep(followed, roots, names, globals_, by_super)
            return
        for effect in info.effects:
            what, owner = self._effect(effect, names, globals_, roots)
            if what == "everything":
                self._everything(frame)
                return
            if what == "deep":
                self._deep(followed, roots, names, globals_, by_super)
                return
            if what == "append" and heap.appended(owner):
                continue
            if what in ("shallow", "append"):
                self._shallow(owner)

    def _found(self, info, names, globals_):
        """How many effects of the line really change something; several can hide each other."""
        if len(info.effects) < 2 and not info.complex:
            return 1
        count = 0
        for effect in info.effects:
            what = self._effect(effect, names, globals_, info.roots)[0]
            if what == "everything":
                return 0  # the loop over effects finds it and looks everywhere
            if what != "nothing":
                count += 2 if info.complex else 1
        return count

    def _effect(self, effect, names, globals_, roots):
        """(nothing | append | shallow | deep | everything, object) for one effect of a line."""
        resolver, kind = self.resolver, effect[0]
        if kind == "super":
            return "deep", None
        target = resolver.path(effect[1], names, globals_)
        if kind == "missing":
            plain = target is MISSING or type(target) in (list, tuple, dict, str)
            return ("nothing" if plain else "shallow"), target
        if kind == "call":
            what = resolver.call(target)
            if what == "nothing" and resolver.hidden([resolver.name(r, names, globals_) for r in roots]):
                what = "everything"
            return what, None
        if kind == "operand":
            return ("nothing" if target is MISSING else resolver.operand(target)), None
        if target is MISSING:
            unknown = kind == "method" and effect[1] is None and effect[2] in MUTATORS
            return ("everything" if unknown else "deep"), None
        if kind == "bound":
            return ("deep" if resolver.method(target, effect[2]) in ("append", "shallow") else "nothing"), None
        if kind == "method":
            return resolver.method(target, effect[2]), target
        if id(type(target)) in PLAIN:
            return "nothing", target
        return ("deep" if resolver.library(target) else "shallow"), target

    def _shallow(self, value):
        if type(value) is Module:
            space = self.spaces.get(id(value.__dict__))
            if space is not None:
                self._bind(space.bindings, value.__dict__, ["g", space.number], self.heap.ops, True)
            return
        self.heap.shallow(value)

    def _everything(self, frame):
        """Anything may have changed: look at all names of the stack, their modules and closures."""
        heap, seen = self.heap, set()
        while frame is not None:
            if id(frame) in self.live:
                spaces = [frame.f_globals] if id(frame.f_globals) not in seen else []
                seen.add(id(frame.f_globals))
                for names in (frame.f_locals, *spaces):
                    for value in list(names.values()):
                        self._reach(value)
                for names in spaces:
                    space = self.spaces.get(id(names))
                    if space is not None:
                        self._bind(space.bindings, names, ["g", space.number], heap.ops, True)
            frame = frame.f_back

    def _reach(self, value):
        if type(value) is not Function:
            self.heap.deep(value)
            return
        for cell in value.__closure__ or ():
            try:
                self.heap.deep(cell.cell_contents)
            except ValueError:  # not bound yet
                pass
        for default in value.__defaults__ or ():
            self.heap.deep(default)

    def _deep(self, followed, roots, names, globals_, by_super):
        for root in roots:
            value = self.resolver.name(root, names, globals_)
            if value is not MISSING:
                self.heap.deep(value)
        first = followed.info.code.co_varnames[:1]
        if by_super and first and first[0] in names:  # super() acts on the first argument without naming it
            self.heap.deep(names[first[0]])
        if not followed.info.module:
            space = followed.space
            self._bind(space.bindings, globals_, ["g", space.number], self.heap.ops, True)

    # -- log ---------------------------------------------------------------------------------------------

    def _step(self, event):
        self.log.emit(event, True)
        self.steps += 1
        while self.deferred:
            self.log.emit(self.deferred.pop(0))
        if self.steps >= self.max_steps > 0:
            self.on_stop("limit")
        elif self.log.stop_asked():
            self.on_stop("stopped")
        elif len(self.heap.shadows) > self.sweep_at:
            self._sweep()

    def _sweep(self):
        roots = [t for f in list(self.live.values()) for t in f.bindings.values()]
        roots += [t for s in self.spaces.values() for t in s.bindings.values()]
        kept = self.heap.sweep(roots)
        self.sweep_at = max(SWEEP, 2 * kept)
        self.log.emit(["W"])

    def output(self, stream, data):
        """The program wrote bytes: stream 1 or 2; 0 is what it read."""
        for start in range(0, len(data), PIECE):
            self._note(["O", stream, bytes(data[start : start + PIECE]).decode("latin-1")])

    def waiting(self, yes):
        """The program waits for input, or no longer does."""
        self._note(["I", 1 if yes else 0])

    def _note(self, event):
        if not self.on:
            return
        if self.lock._is_owned():
            self.deferred.append(event)
            return
        with self.lock:
            try:
                self.log.emit(event)
            except Full as full:
                self.give_up(str(full))
