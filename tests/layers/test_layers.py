#!/usr/bin/env python3
"""The include scan must find what is planted and name the file, and must be silent about a clean tree."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check_layers  # noqa: E402


class PlantedViolations(unittest.TestCase):
    def problems(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return check_layers.check(root)[1]

    def assert_named(self, file, text, line):
        found = self.problems({file: text})
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(f"{file}:{line}: "), found[0])

    def test_a_row_may_use_the_rows_before_it(self):
        self.assertEqual(self.problems({
            "core/gateway/A.cpp": '#include "core/limits/B.h"\n#include "core/base/C.h"\n#include <vector>\n',
            "core/Core.cpp": '#include "core/sessions/S.h"\n',
            "ui/chat/P.cpp": '#include "ui/backend/Backend.h"\n#include "core/api/Types.h"\n#include <QWidget>\n',
            "ui/backend/LocalBackend.cpp": '#include "core/Core.h"\n',
        }), [])

    def test_a_row_may_not_use_a_row_after_it(self):
        self.assert_named("core/net/A.cpp", '\n#include "core/gateway/Gateway.h"\n', 2)

    def test_neighbours_do_not_know_each_other(self):
        self.assert_named("core/storage/A.h", '#include "core/net/Sse.h"\n', 1)

    def test_the_core_composes_but_does_not_serve(self):
        self.assert_named("core/Core.cpp", '#include "core/server/Api.h"\n', 1)

    def test_core_has_no_qt(self):
        self.assert_named("core/base/A.h", "#include <QString>\n", 1)
        self.assert_named("core/base/A.h", "#include <QtCore/qglobal.h>\n", 1)

    def test_the_headless_program_has_no_qt_and_no_ui(self):
        self.assert_named("app/exobrain/A.cpp", "#include <QObject>\n", 1)
        self.assert_named("app/exobrain/A.cpp", '#include "ui/theme/Theme.h"\n', 1)

    def test_ui_does_not_reach_around_the_backend(self):
        self.assert_named("ui/chat/A.cpp", '#include "core/Core.h"\n', 1)
        self.assert_named("ui/backend/LocalBackend.cpp", '#include "core/storage/Database.h"\n', 1)

    def test_a_new_folder_must_enter_the_table(self):
        self.assert_named("core/server/A.cpp", '#include "core/plugins/P.h"\n', 1)

    def test_includes_start_at_the_root(self):
        self.assert_named("core/net/A.cpp", '#include "Sse.h"\n', 1)

    def test_forbidden_words_count_in_code_only(self):
        self.assert_named("ui/chat/A.cpp", "// QEventLoop\nQEventLoop loop;\n", 2)
        self.assert_named("ui/chat/A.cpp", "connect(a, SIGNAL(x()), b, f);\n", 1)
        self.assertEqual(self.problems({"ui/chat/A.cpp": 'auto s = "processEvents"; /* SLOT( */\n'}), [])


if __name__ == "__main__":
    unittest.main()
