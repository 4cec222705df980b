// SPDX-License-Identifier: MIT
#ifndef REENTRANCY_DRIVER_H
#define REENTRANCY_DRIVER_H

#include "world.h"

#include <QtCore/qdiriterator.h>
#include <QtCore/qfile.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

Q_DECLARE_METATYPE(Hook)

// Tries one hook with all actions.
namespace Driver {

using namespace Qt::StringLiterals;

inline void addHooks(const QList<Hook> &hooks)
{
    QTest::addColumn<Hook>("hook");
    for (const Hook &hook : hooks)
        QTest::newRow(hook.name.constData()) << hook;
}

// The public classes in folders of the project that have signals of their own.
inline QStringList classesWithSignals(const QStringList &folders)
{
    static const QRegularExpression space(u"namespace (\\w+) \\{"_s);
    static const QRegularExpression head(u"\\nclass (?:\\w+_EXPORT )?(\\w+)(?: final)? *:"_s);
    QStringList paths;
    for (const QString &folder : folders) {
        QDirIterator files(QStringLiteral(PROJECT_FOLDER) + u'/' + folder, {u"*.h"_s}, QDir::Files,
                           QDirIterator::Subdirectories);
        while (files.hasNext())
            paths.append(files.next());
    }
    QStringList classes;
    for (const QString &path : std::as_const(paths)) {
        QFile file(path);
        if (file.fileName().endsWith(u"_p.h"_s) || !file.open(QIODevice::ReadOnly))
            continue;
        const QString text = QString::fromUtf8(file.readAll());
        for (qsizetype at = text.indexOf(u"\nQ_SIGNALS:"_s); at >= 0;
             at = text.indexOf(u"\nQ_SIGNALS:"_s, at + 1)) {
            QString name;
            for (auto it = head.globalMatch(text.first(at)); it.hasNext();)
                name = it.next().captured(1);
            classes.append(space.match(text).captured(1) + u"::"_s + name);
        }
    }
    classes.sort();
    return classes;
}

inline QStringList classesOf(const QList<Hook> &hooks)
{
    QStringList classes;
    for (const Hook &hook : hooks) {
        if (hook.signal.isValid())
            classes.append(QString::fromLatin1(hook.signal.enclosingMetaObject()->className()));
    }
    classes.removeDuplicates();
    classes.sort();
    return classes;
}

// Sanitizers make it several times slower. With them each hook tries half of the actions, the next
// one the other half.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define REENTRANCY_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define REENTRANCY_SANITIZED 1
#endif
#endif
#ifndef REENTRANCY_SANITIZED
#define REENTRANCY_SANITIZED 0
#endif

// Every action; the way and the threads in turn, so that each pair of hook and action, of action
// and way, of hook and way comes up. With REENTRANCY_ALL in the environment: all combinations.
// REENTRANCY_ACTIONS: all actions of each hook, also with sanitizers. REENTRANCY_ONLY: those whose
// description contains it. REENTRANCY_FROM: without so many of the first. REENTRANCY_VERBOSE: say
// what is tried. REENTRANCY_PATIENCE: milliseconds after which something stands still.
// share: so many hooks share the actions, where each is slow.
template<typename WorldType>
void tryHook(const Hook &hook, const QByteArrayList &actions, int share = 1)
{
    static const bool all = qEnvironmentVariableIsSet("REENTRANCY_ALL");
    static const bool complete = all || qEnvironmentVariableIsSet("REENTRANCY_ACTIONS")
        || qEnvironmentVariableIsSet("REENTRANCY_ONLY");
    if (REENTRANCY_SANITIZED)
        share *= 2;
    static const QByteArray only = qgetenv("REENTRANCY_ONLY");
    static const int from = qEnvironmentVariableIntValue("REENTRANCY_FROM");
    static const bool verbose = qEnvironmentVariableIsSet("REENTRANCY_VERBOSE");
    // Events that do not fit and the like are meant here.
    QLoggingCategory::setFilterRules(u"qt.socketio.*.warning=false"_s);
    // Not of a hash, which is another one on another machine.
    int number = int(qChecksum(hook.name) % 6);
    int turn = int(qChecksum(hook.name) % share);
    int problems = 0;
    int tried = 0;
    for (const QByteArray &action : actions) {
        QList<Combination> candidates;
        for (int i = 0; i < 6; ++i) {
            Combination combination{hook, action, AllCarriers[number % 3], (number / 3) % 2,
                                    1,    number};
            ++number;
            if (WorldType::unreachable(combination).isEmpty())
                candidates.append(combination);
        }
        ++number;
        if (++turn % share != 0 && !complete)
            continue;
        if (!all && candidates.size() > 1)
            candidates.resize(1);
        for (const Combination &combination : std::as_const(candidates)) {
            const QByteArray text = combination.text();
            if (!only.isEmpty() && !text.contains(only))
                continue;
            if (++tried <= from)
                continue;
            if (verbose)
                qInfo("%d: %s", tried, text.constData());
            WorldType world(combination);
            const QByteArray problem = world.run();
            if (problem.isEmpty())
                continue;
            ++problems;
            // Qt Test cuts off what is longer than a few lines.
            qCritical("%s: %s", text.constData(), problem.constData());
        }
    }
    if (tried == 0)
        QSKIP("cannot be reached");
    QVERIFY2(problems == 0, "see above");
}

// For QTSOCKETIO_TEST_RUN.
template<typename Test>
int runCatching(int argc, char *argv[])
{
    CatchingApplication application(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace Driver

#endif
