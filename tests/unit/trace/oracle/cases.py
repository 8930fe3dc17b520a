# ruff: noqa: E501 - program texts and tables read better on long lines
"""Programs whose output, errors and exit code must not change when they are recorded."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """Files of a program; `spec` is run as a script, or as -m when `module` is set."""

    name: str
    files: dict[str, str | bytes]
    spec: str = "main.py"
    args: tuple[str, ...] = ()
    stdin: bytes = b""
    module: bool = False
    extra_env: dict[str, str] = field(default_factory=dict)


def one(name: str, text: str | bytes, stdin: bytes = b"", args: tuple[str, ...] = ()) -> Case:
    """A program of one file."""
    return Case(name, {"main.py": text}, args=args, stdin=stdin)


_EXITS = [
    one("exit_int", "import sys\nprint('a')\nsys.exit(3)\n"),
    one("exit_zero_none", "import sys\nsys.exit(None)\n"),
    one("exit_text", "import sys\nsys.exit('a message')\n"),
    one("exit_object", "import sys\nsys.exit([1, 2])\n"),
    one("exit_large", "import sys\nsys.exit(1000)\n"),
    one("exit_in_function", "def f():\n    raise SystemExit(4)\ntry:\n    f()\nfinally:\n    print('finally')\n"),
    one("exit_builtin", "print('x')\nexit(5)\n"),
    one("os_exit", "import os, sys\nprint('flushed', flush=True)\nprint('lost')\nos._exit(7)\n"),
    one("exit_in_atexit", "import atexit, os\natexit.register(lambda: print('atexit'))\n@atexit.register\n"
        "def last():\n    xs = [1]\n    print('first', xs)\nprint('body')\n"),
    one("atexit_raises", "import atexit, sys\nsys.unraisablehook = lambda u: print(u.exc_type, u.exc_value, "
        "u.exc_traceback.tb_frame.f_code.co_name)\n@atexit.register\ndef bad():\n    raise ValueError('late')\nprint('ok')\n"),
    one("keyboard_interrupt", "def f():\n    raise KeyboardInterrupt\nf()\n"),
    one("generator_exit", "raise GeneratorExit('out')\n"),
    one("stop_iteration", "next(iter([]))\n"),
    one("abort", "import os\nprint('x', flush=True)\nos.abort()\n"),
    one("killed_by_itself", "import os, signal\nprint('x', flush=True)\nos.kill(os.getpid(), signal.SIGTERM)\n"),
    one("exit_in_thread", "import threading, sys\nt = threading.Thread(target=sys.exit, args=(3,))\nt.start()\n"
        "t.join()\nprint('main goes on')\n"),
    one("signal_handler", "import signal, os\ndef h(s, f):\n    print('signal', s, f.f_code.co_name)\n"
        "signal.signal(signal.SIGUSR1, h)\nos.kill(os.getpid(), signal.SIGUSR1)\nfor i in range(3):\n    pass\n"
        "print('end')\n"),
    one("alarm_timeout", "import signal\ndef h(s, f):\n    raise TimeoutError('late')\nsignal.signal(signal.SIGALRM, h)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.2)\ntry:\n    while True:\n        pass\nexcept TimeoutError as e:\n"
        "    print(e)\n"),
]  # fmt: skip

_ERRORS = [
    one("uncaught", "def f(n):\n    return 10 / n\n\n\nclass A:\n    def m(self):\n        return [f(x) for x in (1, 0)]\n"
        "\n\nA().m()\n"),
    one("uncaught_chain", "def a():\n    try:\n        {}['k']\n    except KeyError as e:\n        raise ValueError('v') "
        "from e\ntry:\n    a()\nexcept ValueError:\n    raise RuntimeError('during')\n"),
    one("uncaught_from_none", "try:\n    1/0\nexcept ZeroDivisionError:\n    raise ValueError('x') from None\n"),
    one("uncaught_group", "raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [TypeError(2)])])\n"),
    one("uncaught_note", "e = ValueError('x')\ne.add_note('note one')\ne.add_note('note two')\nraise e\n"),
    one("uncaught_multiline", "def f(*a):\n    raise ValueError(\n        a,\n    )\nx = (\n    1 +\n    f(\n      2,\n    )\n)\n"),
    one("uncaught_comprehension", "xs = [1, 0]\nprint(sum(1 / x for x in xs))\n"),
    one("uncaught_in_exec", "exec('def g():\\n    boom\\ng()')\n"),
    one("uncaught_bad_str", "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E('x')\n"),
    one("uncaught_suggestion", "class A:\n    value = 1\nA().valu\n"),
    one("name_suggestion", "number = 1\nprint(nunber)\n"),
    one("import_suggestion", "from collections import OrderedDic\n"),
    one("assertion", "x = [1]\nassert x == [2], f'{x} is wrong'\n"),
    one("recursion_error", "def f(n):\n    return f(n + 1)\nf(0)\n"),
    one("recursion_depth", "import sys\ndef f(n):\n    try:\n        return f(n + 1)\n    except RecursionError:\n"
        "        return n\nprint(f(0) == f(0), f(0), sys.getrecursionlimit())\n"),
    one("recursion_limit_set", "import sys\nsys.setrecursionlimit(60)\ndef f(n):\n    return 0 if n == 0 else f(n - 1)\n"
        "print(f(30))\ntry:\n    f(200)\nexcept RecursionError as e:\n    print(e)\nprint(sys.getrecursionlimit())\n"),
    one("recursion_mutual_print_exc", "import traceback\ndef a(n):\n    b(n)\ndef b(n):\n    a(n)\ntry:\n    a(1)\n"
        "except RecursionError:\n    print(len(traceback.format_exc().splitlines()) < 40)\n    traceback.print_exc(limit=3)\n"),
    one("syntax_error", "x = 1\nif x\n    print(x)\n"),
    one("syntax_error_eof", "def f(:\n"),
    one("indentation_error", "def f():\nreturn 1\n"),
    one("tab_error", "if 1:\n        x = 1\n\ty = 2\n"),
    one("unterminated", "print('abc)\n"),
    Case("syntax_error_imported", {"main.py": "print('start')\nimport broken\n", "broken.py": "def f(\n    x = = 1\n"}),
    Case("error_in_imported", {"main.py": "import helper\nhelper.go([1])\n", "helper.py": "def go(x):\n    return x[5]\n"}),
    Case("error_at_import", {"main.py": "import helper\n", "helper.py": "y = {}\ny['no']\n"}),
    one("null_bytes", b"x = 1\nprint('\x00')\n"),
    one("bad_cookie", b"# -*- coding: nonsense -*-\nprint(1)\n"),
    one("bad_utf8", b"print('\xff')\n"),
    Case("no_such_module", {"main.py": ""}, spec="nowhere_at_all", module=True),
    Case("no_main_in_package", {"pkg/__init__.py": "print('init')\n"}, spec="pkg", module=True),
    one("excepthook", "import sys\ndef hook(t, v, tb):\n    names = []\n    while tb:\n        names.append(tb.tb_frame."
        "f_code.co_name)\n        tb = tb.tb_next\n    print('hook', t.__name__, v, names)\nsys.excepthook = hook\n"
        "def f():\n    1/0\nf()\n"),
    one("excepthook_calls_original", "import sys\ndef hook(*a):\n    print('mine')\n    sys.__excepthook__(*a)\n"
        "sys.excepthook = hook\n{}[1]\n"),
    one("excepthook_is_original", "import sys\nprint(sys.excepthook is sys.__excepthook__, sys.excepthook.__name__)\n"
        "print(sys.displayhook is sys.__displayhook__)\n"),
    one("excepthook_raises", "import sys\ndef hook(*a):\n    raise KeyError('in hook')\nsys.excepthook = hook\n1/0\n"),
    one("thread_exception", "import threading\ndef work(n):\n    return 1 / n\nt = threading.Thread(target=work, args=(0,), "
        "name='worker')\nt.start()\nt.join()\nprint('after')\n"),
    one("threading_excepthook", "import threading\nthreading.excepthook = lambda a: print('hook', a.exc_type.__name__, "
        "a.thread.name)\nt = threading.Thread(target=lambda: {}[1], name='w')\nt.start(); t.join()\n"),
    one("dies_last", "import sys\nclass D:\n    def __init__(self, name):\n        self.name = name\n    def __del__(self):\n"
        "        print('gone', self.name)\n        sys.stderr.write('gone\\n')\na = D('a')\nb = [D('b'), a]\na.me = a\ng = globals()\n"
        "def f():\n    return a\n"),
    one("unraisable", "import gc\nclass D:\n    def __del__(self):\n        raise ValueError('in del')\n    def __repr__(self):\n"
        "        return 'D'\nimport sys\nsys.unraisablehook = lambda u: print('unraisable', u.exc_type.__name__)\nd = D()\ndel d\n"
        "print('end')\n"),
    one("print_exc", "import traceback, sys\ndef f():\n    raise OSError(2, 'gone')\ntry:\n    f()\nexcept OSError as e:\n"
        "    traceback.print_exc()\n    traceback.print_exc(file=sys.stdout)\n    print(traceback.format_exception(e)[-1])\n"
        "    print([(s.name, s.lineno, s.line) for s in traceback.extract_tb(e.__traceback__)])\ntraceback.print_stack()\n"
        "print([s.name for s in traceback.extract_stack()])\n"),
    one("logging_exception", "import logging\nlogging.basicConfig(format='%(levelname)s %(funcName)s %(lineno)d %(filename)s "
        "%(message)s', level=10)\ndef f():\n    logging.info('in %s', 'f')\n    try:\n        1/0\n    except ZeroDivisionError:\n"
        "        logging.exception('bad')\nf()\nlogging.debug('x', stack_info=True)\n"),
    one("warnings", "import warnings\ndef old():\n    warnings.warn('old is old', DeprecationWarning, stacklevel=2)\n"
        "for i in range(2):\n    old()\nwarnings.warn('plain')\nwarnings.simplefilter('error')\ntry:\n    old()\n"
        "except DeprecationWarning as e:\n    print('raised', e)\n"),
    one("syntax_warning", "x = 5\nprint(x is 5)\nprint('\\d')\nassert (x, 'always')\n"),
    one("coroutine_never_awaited", "async def f():\n    return 1\nf()\nprint('end')\n"),
    one("asyncio_exception", "import asyncio\nasync def bad():\n    await asyncio.sleep(0)\n    raise ValueError('in task')\n"
        "async def main():\n    t = asyncio.create_task(bad())\n    try:\n        await t\n    except ValueError as e:\n"
        "        print('caught', e)\n    await bad()\nasyncio.run(main())\n"),
    one("faulthandler_traceback", "import faulthandler, sys\ndef f():\n    faulthandler.dump_traceback(file=sys.stdout, "
        "all_threads=False)\nf()\n"),
]  # fmt: skip

_SELF = [
    one("names", "import sys, os\nprint(__name__, os.path.basename(__file__), sys.argv[1:], __doc__, __package__, __spec__)\n"
        "print(os.path.basename(sys.argv[0]), os.path.basename(sys.path[0]) == os.path.basename(os.getcwd()), __builtins__)\n"
        "print(sorted(globals()))\nprint(sys.path)\nprint(__loader__.__class__.__name__, __annotations__, __cached__)\n"
        "print(sys.orig_argv[1:])\n", args=("a", "--b", "c d", "")),
    one("modules_loaded", "import sys\nprint(sorted(m for m in sys.modules if m.split('.')[0] not in "
        "('sitecustomize', 'usercustomize')))\n"),
    one("main_module", "import sys\nimport __main__\nx = 5\nprint(__main__.x, sys.modules['__main__'] is __main__, __main__."
        "__dict__ is globals())\n"),
    one("trace_functions", "import sys, threading\nprint(sys.gettrace(), sys.getprofile(), threading.gettrace())\n"),
    one("own_settrace", "import sys\nseen = []\ndef tr(f, e, a):\n    seen.append((e, f.f_code.co_name))\n    return tr\n"
        "def g():\n    x = 1\n    return x\nsys.settrace(tr)\ng()\nsys.settrace(None)\nprint(seen)\n"),
    one("own_setprofile", "import sys\nseen = []\ndef pr(f, e, a):\n    seen.append(e)\ndef g():\n    return len([])\n"
        "sys.setprofile(pr)\ng()\nsys.setprofile(None)\nprint(seen)\n"),
    one("getsource", "import inspect, sys\ndef f(a, b=1):\n    # a comment\n    return a\nclass C:\n    def m(self): pass\n"
        "print(inspect.getsource(f))\nprint(inspect.getsource(C))\nprint(inspect.getsourcelines(C.m))\n"
        "print(inspect.getsource(sys.modules['__main__'])[:20])\nprint(inspect.getmodule(f).__name__, f.__code__.co_firstlineno)\n"),
    one("frames", "import sys, inspect\ndef f():\n    fr = sys._getframe()\n    depth = 0\n    while fr:\n        depth += 1\n"
        "        fr = fr.f_back\n    return depth\nprint(f(), len(inspect.stack()), sys._getframe().f_back)\n"
        "try:\n    sys._getframe(5)\nexcept ValueError as e:\n    print(e)\n"),
    one("refcounts", "import sys\ndef f():\n    a = []\n    b = a\n    n = sys.getrefcount(a)\n    del b\n    return n, "
        "sys.getrefcount(a)\nprint(f())\nx = object()\nprint(sys.getrefcount(x))\nclass K: pass\nk = K()\nks = [k, k]\n"
        "print(sys.getrefcount(k), sys.getrefcount(ks))\n"),
    one("garbage", "import gc, weakref\ngc.collect()\nclass N: pass\ndef cycle():\n    a, b = N(), N()\n    a.b, b.a = b, a\n"
        "    return weakref.ref(a)\nr = cycle()\nprint(r() is None, gc.isenabled(), gc.get_threshold())\nprint(gc.collect() > 0, r())\n"
        "print(len(gc.get_referrers(N)) > 0)\nx = N()\nprint(weakref.getweakrefcount(x))\n"),
    one("doctest", "def add(a, b):\n    '''\n    >>> add(1, 2)\n    3\n    >>> add('a', 'b')\n    'wrong'\n    >>> add(1, 'x')\n"
        "    Traceback (most recent call last):\n    TypeError: unsupported operand type(s) for +: 'int' and 'str'\n    '''\n"
        "    return a + b\n\nif __name__ == '__main__':\n    import doctest\n    print(doctest.testmod())\n"),
    one("unittest", "import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual([1], [2])\n"
        "    def test_b(self):\n        self.assertTrue(1)\n    def test_c(self):\n        raise KeyError('x')\n"
        "    def test_d(self):\n        with self.subTest(i=1):\n            self.fail('sub')\n"
        "import time\ntime.perf_counter = lambda: 0\nunittest.main()\n"),
    one("argparse_error", "import argparse\np = argparse.ArgumentParser()\np.add_argument('n', type=int)\n"
        "print(p.parse_args().n)\n", args=("abc",)),
    one("argparse_help", "import argparse\np = argparse.ArgumentParser(description='d')\np.add_argument('--n', type=int)\n"
        "p.parse_args()\n", args=("--help",)),
    one("pickle_main", "import pickle, copy\nclass P:\n    def __init__(self, x):\n        self.x = x\n    def __eq__(self, o):\n"
        "        return self.x == o.x\np = P([1])\ns = pickle.dumps(p)\nprint(pickle.loads(s) == p, b'__main__' in s, len(s))\n"
        "print(pickle.loads(pickle.dumps(P)) is P, P.__module__, P.__qualname__)\n"),
    one("eval_globals", "x = 3\nprint(eval('x + 1'), sorted(k for k in vars() if not k.startswith('__')))\n"
        "exec('y = x * 2')\nprint(y)\nprint(eval('__name__'), dir() == sorted(vars()))\n"),
    one("code_object", "def f(x):\n    y = x\n    return y\nc = f.__code__\nprint(c.co_varnames, c.co_consts, c.co_stacksize, "
        "c.co_filename.endswith('main.py'), list(c.co_lines())[:3])\nimport dis\ndis.dis(f)\n"),
    one("docstring", "'''Module doc.'''\nfrom __future__ import annotations\nx: int = 1\nprint(__doc__, __annotations__)\n"),
    one("timing_zero", "import time\nt = time.process_time()\nprint(time.process_time() - t < 30)\n"),
    one("hash_of_text", "print(hash('x'), {'a', 'b', 'c'})\n"),
    one("linecache", "import linecache\nprint(linecache.getline(__file__, 1), end='')\nprint(sorted(linecache.cache) == [__file__])\n"),
    one("threads_listed", "import threading\nprint(threading.active_count(), [t.name for t in threading.enumerate()])\n"
        "print(threading.current_thread() is threading.main_thread(), threading.get_native_id() > 0)\n"),
    one("open_files", "import os\nprint(os.get_inheritable(1))\nf = open(__file__)\nprint(f.fileno())\n"
        "print(sorted(os.listdir('/proc/self/fd'))[:3] if os.path.exists('/proc') else 0)\n"),
    one("environment", "import os\nprint(sorted(os.environ))\nprint(os.getcwd())\nprint(sorted(os.listdir('.')))\n"),
    one("flags", "import sys\nprint(sys.flags, sys.warnoptions, sys._xoptions, sys.dont_write_bytecode, sys.executable)\n"
        "print(sys.getswitchinterval(), sys.stdin.encoding, sys.stdout.encoding, sys.stdout.errors, sys.stderr.errors)\n"),
    one("builtins_replaced", "import builtins\nreal = builtins.len, builtins.type, builtins.id, builtins.isinstance\ndef f(xs):\n    builtins.len = "
        "lambda x: 7\n    n = len(xs)\n    builtins.type = builtins.id = builtins.isinstance = None\n    xs.append(n)\n    y = {'k': xs}\n"
        "    builtins.len, builtins.type, builtins.id, builtins.isinstance = real\n    return n, y\nprint(f([1]))\n"),
    one("locals_snapshot", "def f(w):\n    out = locals()\n    del out['w']\n    return out\nprint(f(1))\n"),
    one("lambda_main", "def main():\n    print('main')\n    return 3\nif __name__ == '__main__':\n    import sys\n    sys.exit(main())\n"),
    one("empty", ""),
    one("only_comment", "# nothing here"),
    one("bom_crlf", b"\xef\xbb\xbfx = [1]\r\nx.append('\xc3\xa9')\r\nprint(x)\r\n"),
    one("latin_cookie", b"# coding: latin-1\nx = '\xe9'\nprint(len(x), ascii(x))\n1/0 # \xe9\n"),
    one("no_newline_at_end", "print('x')\nprint('y')"),
    one("form_feed_tabs", "if 1:\n\tx = 1\n\x0c\nprint(x)\n"),
]  # fmt: skip

_STREAMS = [
    one("print_mix", "import sys\nprint('a', end='')\nprint('b', file=sys.stderr)\nsys.stdout.write('c\\n')\nprint(1, 2, sep='-', "
        "flush=True)\nprint(sys.stdout.isatty(), sys.stdout.fileno(), sys.stdout.name, sys.stdout.mode, sys.stdout.newlines)\n"
        "print(type(sys.stdout).__name__, type(sys.stdout.buffer).__name__, type(sys.stdout.buffer.raw).__name__)\n"
        "print(sys.stdout.line_buffering, sys.stderr.line_buffering, sys.stdout.write_through, repr(sys.stdout))\n"
        "print(repr(sys.stdin), repr(sys.stderr), sys.stdout is sys.__stdout__)\n"),
    one("buffer_write", "import sys\nprint('text')\nsys.stdout.buffer.write(b'\\x00\\xff raw\\n')\nsys.stdout.flush()\n"
        "sys.stdout.buffer.flush()\nprint('end')\n"),
    one("os_write", "import os, sys\nprint('buffered')\nos.write(1, b'direct\\n')\nprint('later')\nsys.stdout.flush()\n"
        "os.write(2, b'err\\n')\n"),
    one("one_pipe", "import os, sys\nos.dup2(1, 2)\nfor i in range(3):\n    print('out', i)\n    print('err', i, file=sys.stderr)\n"
        "sys.stdout.flush()\nos.write(1, b'raw\\n')\nprint('x', end='')\nsys.stderr.write('y')\n"),
    one("one_pipe_big", "import os, sys\nos.dup2(1, 2)\nfor i in range(300):\n    print('o' * 70)\n    if i % 50 == 0:\n        "
        "print('e' * 9, file=sys.stderr)\n"),
    one("redirect", "import contextlib, io, sys\nb = io.StringIO()\nwith contextlib.redirect_stdout(b):\n    print('kept')\n"
        "print(b.getvalue().upper())\nold = sys.stdout\nsys.stdout = b\nprint('x')\nsys.stdout = old\nprint(len(b.getvalue()))\n"),
    one("reconfigure", "import sys\nsys.stdout.reconfigure(encoding='latin-1', errors='replace')\nprint('é日')\n"
        "sys.stdout.reconfigure(encoding='utf-8', line_buffering=True)\nprint('é日')\n"),
    one("surrogate_fails", "print('before')\nprint('\\ud800')\n"),
    one("unicode", "import sys\nprint('日本 😀 é \\x00 \\x1b[1m')\nprint('ü', file=sys.stderr)\nsys.stderr.write('\\ud800\\n')\n"),
    one("detach", "import sys, io\nraw = sys.stdout.detach()\nsys.stdout = io.TextIOWrapper(raw, 'utf-16')\nprint('x')\n"),
    one("closed_stdout", "import sys\nprint('x')\nsys.stdout.close()\ntry:\n    print('y')\nexcept ValueError as e:\n"
        "    sys.stderr.write(str(e) + '\\n')\n"),
    one("stdout_none", "import sys\nsys.stdout = None\nprint('nowhere')\nsys.stdout = sys.__stdout__\nprint('back')\n"),
    one("fd_closed", "import os, sys\nprint('x', flush=True)\nos.close(1)\nprint('lost')\n"),
    one("reopen_fd", "import os, sys\nprint('first', flush=True)\nfd = os.dup(1)\nr, w = os.pipe()\nos.dup2(w, 1)\n"
        "print('in pipe', flush=True)\nos.dup2(fd, 1)\nprint(os.read(r, 100))\n"),
    one("open_fd_1", "f = open(1, 'w', closefd=False)\nprint('via open', file=f)\nf.flush()\nprint('via print')\n"),
    one("big_output", "for i in range(20000):\n    print(i)\n"),
    one("big_line", "print('x' * 300000)\nimport sys\nsys.stderr.write('y' * 100000)\n"),
    one("writelines", "import sys\nsys.stdout.writelines(['a\\n', 'b\\r\\n', 'c\\rd\\n'])\nprint('x\\ny', end='\\r\\n')\n"),
    one("input", "name = input('name? ')\nage = input()\nprint('hi', name, age)\ntry:\n    input('more? ')\n"
        "except EOFError as e:\n    print('eof', e)\n", b"Ann\n42\n"),
    one("input_no_newline", "print(repr(input()))\n", b"last"),
    one("stdin_lines", "import sys\nfor line in sys.stdin:\n    print(repr(line))\nprint(repr(sys.stdin.read()))\n", b"a\nb\r\n\nc"),
    one("stdin_read", "import sys\nprint(sys.stdin.readline(), sys.stdin.read(3), sys.stdin.readlines())\n"
        "print(sys.stdin.isatty(), sys.stdin.fileno(), sys.stdin.name, sys.stdin.mode, sys.stdin.errors)\n", b"1\n2345\n6\n"),
    one("stdin_bytes", "import sys\nd = sys.stdin.buffer.read()\nprint(len(d), d[-4:], type(sys.stdin.buffer).__name__, "
        "type(sys.stdin.buffer.raw).__name__)\n", "é\n".encode() * 3000),
    one("stdin_os_read", "import os\nprint(os.read(0, 5), os.read(0, 50), os.read(0, 5))\n", b"hello world"),
    one("stdin_bad_utf8", "import sys\nprint(repr(sys.stdin.readline()))\n", b"ok\n"),
    one("fileinput", "import fileinput\nfor l in fileinput.input():\n    print(fileinput.lineno(), l, end='')\n", b"x\ny\n"),
    one("getpass_like_prompt", "import sys\nprint('prompt: ', end='', flush=True)\nprint(sys.stdin.readline().strip())\n", b"v\n"),
    one("pprint", "import pprint\npprint.pprint({'k': list(range(30)), 'a': {'b': 'c' * 70}})\n"),
    one("subprocess_output", "import subprocess, sys\nprint('before', flush=True)\nsubprocess.run([sys.executable, '-c', "
        "'print(1+1)'])\nr = subprocess.run([sys.executable, '-c', 'import sys; print(sys.argv, sys.flags.isolated); sys.exit(3)', "
        "'x'], capture_output=True, text=True)\nprint(r.stdout, r.returncode)\nprint(subprocess.check_output(['echo', 'hi']))\n"),
    one("subprocess_stdin", "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'print(input())'])\n", b"for child\n"),
    one("os_system", "import os, sys\nprint('a', flush=True)\nprint(os.system('echo shell; exit 3') >> 8)\n"
        "print(os.popen('echo p').read())\n"),
    one("fork", "import os, sys\nprint('parent', flush=True)\nx = [1]\npid = os.fork()\nif pid == 0:\n    x.append('child')\n"
        "    print('child', x)\n    sys.stdout.flush()\n    os._exit(5)\n_, st = os.waitpid(pid, 0)\nx.append('p')\n"
        "print(os.waitstatus_to_exitcode(st), x)\n"),
    one("fork_normal_exit", "import os, sys\nsys.stdout.flush()\npid = os.fork()\nfor i in range(3):\n    y = i\nif pid:\n    os.wait()\n"
        "    print('parent ends')\nelse:\n    print('child ends')\n"),
    one("exec_replaces", "import os, sys\nprint('old', flush=True)\nos.execv(sys.executable, [sys.executable, '-c', 'print(\"new\")'])\n"),
    one("multiprocessing_fork", "import multiprocessing as mp\ndef f(x, q):\n    q.put(x * 2)\nif __name__ == '__main__':\n"
        "    c = mp.get_context('fork')\n    q = c.SimpleQueue()\n    p = c.Process(target=f, args=(4, q))\n    p.start()\n    "
        "p.join()\n    print(q.get(), p.exitcode)\n"),
    one("multiprocessing_spawn", "import multiprocessing as mp\ndef f(x):\n    return x * x\nif __name__ == '__main__':\n"
        "    mp.set_start_method('spawn')\n    with mp.Pool(1) as p:\n        print(p.map(f, [1, 2, 3]))\n"),
    one("process_pool", "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\ndef f(x):\n    return x + 1\n"
        "if __name__ == '__main__':\n    with ThreadPoolExecutor(2) as e:\n        print(list(e.map(f, range(3))))\n"
        "    with ProcessPoolExecutor(1) as e:\n        print(e.submit(f, 1).result())\n"),
    one("daemon_thread", "import threading, time\ndef w():\n    while True:\n        time.sleep(0.01)\n"
        "threading.Thread(target=w, daemon=True).start()\nprint('main ends')\n"),
    one("thread_outlives_main", "import threading, time\ndef w():\n    time.sleep(0.1)\n    xs = [1]\n    print('thread ends', xs)\n"
        "threading.Thread(target=w).start()\nprint('main ends')\n"),
    one("raw_thread", "import _thread, time\nlock = _thread.allocate_lock()\nlock.acquire()\ndef w(n):\n    print('raw', n)\n    "
        "lock.release()\n_thread.start_new_thread(w, (3,))\nlock.acquire()\nprint('joined')\n"),
    one("faulthandler_off", "import faulthandler\nprint(faulthandler.is_enabled())\n"),
    one("segfault", "import ctypes\nprint('before', flush=True)\nctypes.string_at(0)\n"),
    one("displayhook", "import sys\nsys.displayhook([1])\nimport code\ncode.InteractiveInterpreter().runsource('1+1')\n"),
    one("interact", "import code\ncode.interact(banner='hi', exitmsg='bye')\n", b"x = 2\nx * 21\n"),
    one("pdb", "import pdb\ndef f(x):\n    y = x + 1\n    return y\npdb.run('f(1)', globals())\n", b"s\ns\nc\n"),
    one("breakpoint_hook", "import sys\nsys.breakpointhook = lambda *a: print('hooked', a)\nbreakpoint()\n"),
]  # fmt: skip

_FILES = [
    Case("several_files", {"main.py": "from lib.core import run\nfrom lib import util\nprint(run([1, 2]), util.SEEN)\n",
         "lib/__init__.py": "print('lib', __name__, __path__[0][-3:])\n", "lib/util.py": "SEEN = []\ndef note(x):\n    SEEN.append(x)\n",
         "lib/core.py": "from .util import note\nfrom . import util\ndef run(xs):\n    for x in xs:\n        note(x)\n    return util.SEEN\n"}),
    Case("run_package", {"pkg/__init__.py": "print('init', __name__)\n", "pkg/__main__.py": "import sys\nfrom . import other\nfrom "
         ".other import f\nprint(__name__, __package__, __spec__.name, sys.argv[1:], f(1))\nprint(sys.argv[0][-15:], sys.path[0] == "
         "__import__('os').getcwd())\n", "pkg/other.py": "def f(x):\n    return [x, __name__, __file__[-12:]]\n"},
         spec="pkg", module=True, args=("a", "-b")),
    Case("run_module", {"pkg/__init__.py": "", "pkg/tool.py": "from . import tool as again\nprint(__name__, again.__name__, __package__)\n"
         "raise ValueError('from -m')\n"}, spec="pkg.tool", module=True),
    Case("module_error_depth", {"m.py": "def f():\n    g()\ndef g():\n    1/0\nf()\n"}, spec="m", module=True),
    Case("module_names", {"m.py": "import sys\nprint(sorted(globals()), __name__, __spec__.name, sys.argv, sys.path[0], __loader__."
         "__class__.__name__, __cached__)\nprint(sorted(sys.modules))\n"}, spec="m", module=True, args=("1",)),
    Case("module_exit", {"m.py": "import sys\nsys.exit(9)\n"}, spec="m", module=True),
    Case("relative_import_fails", {"main.py": "from . import x\n"}),
    *(Case(f"shadows_{name}", {"main.py": f"import {name}\nprint({name}.WHO, {name}.__file__[-20:])\nimport os, sys\n",
           f"{name}.py": "WHO = 'mine'\nxs = [1]\nxs.append(2)\n"})
      for name in ("random", "json", "types", "marshal_", "tokenize", "inspect", "threading", "queue", "collections_", "copy",
                   "struct", "string", "re", "ast", "enum", "dataclasses", "typing", "traceback", "semduck", "trace", "store")),
    Case("import_star", {"main.py": "from mod import *\nprint(pub, made)\n", "mod.py": "__all__ = ['pub', 'made']\npub = [1]\n"
         "made = {k: k for k in pub}\n_hidden = 1\n"}),
    Case("circular_import", {"main.py": "import a\nprint(a.X, a.b.Y)\n", "a.py": "import b\nX = [1]\n", "b.py": "import a\n"
         "Y = getattr(a, 'X', 'not yet')\n"}),
    Case("reload", {"main.py": "import importlib, m\nm.xs.append(1)\nimportlib.reload(m)\nprint(m.xs)\n", "m.py": "xs = []\nprint('run')\n"}),
    Case("runpy_path", {"main.py": "import runpy\nprint(sorted(k for k in runpy.run_path('other.py') if k[0] != '_'))\n",
         "other.py": "z = [1]\nz.append(__name__)\nprint(z)\n"}),
    Case("namespace_package", {"main.py": "import ns.deep.mod as m\nprint(m.V, ns_path())\n" .replace(", ns_path()", ""),
         "ns/deep/mod.py": "V = {'a': [1]}\n"}),
    Case("script_in_folder", {"sub/main.py": "import helper, sys, os\nprint(helper.V, os.path.basename(sys.path[0]), sys.argv[0])\n",
         "sub/helper.py": "V = 1\n"}, spec="sub/main.py"),
    Case("dotted_spec", {"main.py": "import sys\nprint(__file__, sys.argv)\n1/0\n"}, spec="./main.py"),
    Case("no_suffix", {"tool": "#!/usr/bin/env python3\nx = [1]\nprint(x, __file__)\n1/0\n"}, spec="tool"),
    Case("folder_with_main", {"app/__main__.py": "import sys, other\nprint(__name__, __package__, other.V, sys.argv[0])\n",
         "app/other.py": "V = 1\n"}, spec="app"),
    Case("odd_file_name", {"my script-é.py": "print(__file__)\nx = 1/0\n"}, spec="my script-é.py"),
    Case("data_files", {"main.py": "import json, pathlib\nd = json.loads(pathlib.Path('d.json').read_text())\nd['n'].append(3)\n"
         "pathlib.Path('out.txt').write_text(str(d))\nprint(d, open('out.txt').read())\nimport os; os.remove('out.txt')\n",
         "d.json": '{"n": [1, 2]}'}),
    Case("optimised", {"main.py": "assert False\nprint(__debug__)\n"}, extra_env={"PYTHONOPTIMIZE": "1"}),
    Case("unbuffered", {"main.py": "import sys, os\nprint('a')\nos.write(1, b'b\\n')\nprint(sys.stdout.write_through)\n"},
         extra_env={"PYTHONUNBUFFERED": "1"}),
    Case("ascii_locale", {"main.py": "import sys\nprint(sys.stdout.encoding, sys.getfilesystemencoding())\nprint('é')\n"},
         extra_env={"PYTHONIOENCODING": "ascii:backslashreplace"}),
    Case("c_locale", {"main.py": "import sys\nprint(sys.stdout.encoding, sys.stdout.errors)\nprint('é')\n"},
         extra_env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    Case("dev_mode", {"main.py": "import sys\nf = open(__file__)\nf = None\nprint(sys.flags.dev_mode)\n"}, extra_env={"PYTHONDEVMODE": "1"}),
    Case("warnings_error", {"main.py": "import warnings\nwarnings.warn('x')\n"}, extra_env={"PYTHONWARNINGS": "error"}),
    Case("pythonpath", {"main.py": "import sys, extra\nprint(extra.V)\n", "lib/extra.py": "V = [1]\n"}, extra_env={"PYTHONPATH": "lib"}),
    Case("safe_path", {"main.py": "import sys\nprint(sys.path[0][-8:])\nimport other\n", "other.py": "print('other')\n"},
         extra_env={"PYTHONSAFEPATH": "1"}),
]  # fmt: skip

CASES = [*_EXITS, *_ERRORS, *_SELF, *_STREAMS, *_FILES]
