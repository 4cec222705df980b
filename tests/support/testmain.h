// SPDX-License-Identifier: MIT
#ifndef TESTMAIN_H
#define TESTMAIN_H

#include <QtCore/qcoreapplication.h>
#include <QtTest/qtest.h>

// The test objects of one folder share a program, which builds faster than a program for each.
// Its first argument is the object to run, by the name of its file: bin/unit_http tst_cors.
// What follows are Qt Test's own arguments. Without arguments it lists its objects.
namespace TestSupport {

using Run = int (*)(int argc, char *argv[]);

class Registration
{
public:
    Registration(const char *file, Run run);
};

// Milliseconds for what must happen, on a busy machine and with sanitizers too. Nothing takes that
// long when it works.
inline constexpr int Patience = 30000;

template<typename Test>
int run(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace TestSupport

// Qt Test's own give up after 5 seconds.
#undef QTRY_VERIFY
#define QTRY_VERIFY(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, TestSupport::Patience)
#undef QTRY_VERIFY2
#define QTRY_VERIFY2(condition, message)                                                           \
    QTRY_VERIFY2_WITH_TIMEOUT(condition, message, TestSupport::Patience)
#undef QTRY_COMPARE
#define QTRY_COMPARE(actual, expected)                                                             \
    QTRY_COMPARE_WITH_TIMEOUT(actual, expected, TestSupport::Patience)

// In place of QTEST_GUILESS_MAIN(Test).
#define QTSOCKETIO_TEST(Test) QTSOCKETIO_TEST_RUN(TestSupport::run<Test>)

// For a test that needs to do something before there is an application.
#define QTSOCKETIO_TEST_RUN(...)                                                                   \
    static const TestSupport::Registration testRegistration(__FILE__, __VA_ARGS__);

#endif
