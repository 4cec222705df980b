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

// The public classes in a folder of the project that have signals of their own.
inline QStringList classesWithSignals(const QString &folder)
{
    static const QRegularExpression space(u"namespace (\\w+) \\{"_s);
    static const QRegularExpression head(u"\\nclass (?:\\w+_EXPORT )?(\\w+)(?: final)? *:"_s);
    QStringList classes;
    QDirIterator files(QStringLiteral(PROJECT_FOLDER) + u'/' + folder, {u"*.h"_s}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
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

// Every action; the way and the threads in turn, so that each pair of hook and action, of action
// and way, of hook and way comes up. With REENTRANCY_ALL in the environment: all combinations.
// REENTRANCY_ONLY: those whose description contains it. REENTRANCY_FROM: without so many of the
// first. REENTRANCY_VERBOSE: say what is tried.
template<typename WorldType>
void tryHook(const Hook &hook, const QByteArrayList &actions)
{
    static const bool all = qEnvironmentVariableIsSet("REENTRANCY_ALL");
    static const QByteArray only = qgetenv("REENTRANCY_ONLY");
    static const int from = qEnvironmentVariableIntValue("REENTRANCY_FROM");
    static const bool verbose = qEnvironmentVariableIsSet("REENTRANCY_VERBOSE");
    // Events that do not fit and the like are meant here.
    QLoggingCategory::setFilterRules(u"qt.socketio.*.warning=false"_s);
    int number = int(qHash(hook.name) % 6);
    QByteArrayList problems;
    int tried = 0;
    for (const QByteArray &action : actions) {
        QList<Combination> candidates;
        for (int i = 0; i < 6; ++i) {
            Combination combination{hook, action, AllCarriers[number % 3], (number / 3) % 2,
                                    1,    number};
            ++number;
            if (WorldType(combination).unreachable().isEmpty())
                candidates.append(combination);
        }
        ++number;
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
            if (!problem.isEmpty())
                problems.append(text + ": " + problem);
        }
    }
    if (tried == 0)
        QSKIP("cannot be reached");
    QVERIFY2(problems.isEmpty(), problems.join('\n').constData());
}

} // namespace Driver

#endif
