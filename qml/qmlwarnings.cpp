// SPDX-License-Identifier: MIT
#include "qmlwarnings_p.h"

#include "base/warninglimit_p.h"
#include "qmlcontext_p.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>
#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlinfo.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(lcQml, "qt.socketio.qml")

void warn(const QObject *object, const QString &text)
{
    const QObject *element = elementOf(object);
    const QPointer<QQmlEngine> engine = element ? qmlEngine(element) : nullptr;
    if (!engine) {
        qCWarning(lcQml).noquote() << text;
        return;
    }
    // Qt reports the place of an element in this way only. It prints in a category of its own, so
    // this does it instead.
    const bool isPrinted = engine->outputWarningsToStandardError();
    engine->setOutputWarningsToStandardError(false);
    QQmlError warning;
    const auto connection = QObject::connect(
        engine, &QQmlEngine::warnings, engine,
        [&](const QList<QQmlError> &warnings) { warning = warnings.constFirst(); });
    qmlWarning(element).noquote() << text;
    if (engine) {
        QObject::disconnect(connection);
        engine->setOutputWarningsToStandardError(isPrinted);
    }
    if (isPrinted && lcQml().isWarningEnabled()) {
        const QByteArray file = warning.url().toString().toUtf8();
        QMessageLogger(file.constData(), warning.line(), nullptr, lcQml().categoryName())
                .warning()
                .noquote()
            << warning.toString();
    }
}

void warnOfPeer(const QObject *object, const QString &text)
{
    constexpr int Most = EngineIo::detail::WarningLimit::Many; // of an element in a minute
    struct Count
    {
        QPointer<const QObject> element; // gone if there is another one at its address now
        int warnings = 0;
    };
    thread_local QHash<const QObject *, Count> counts; // of the minute that has begun
    thread_local QDeadlineTimer minute;
    if (minute.hasExpired()) {
        counts.clear();
        minute.setRemainingTime(60'000);
    }
    const QObject *element = elementOf(object);
    Count &count = counts[element];
    if (count.element != element)
        count = {element, 0};
    if (++count.warnings <= Most)
        warn(object, text);
    else
        qCDebug(lcQml).noquote() << text;
}

QString thrownText(const QJSValue &error)
{
    return u"%1:%2: %3"_s.arg(error.property(u"fileName"_s).toString(),
                              error.property(u"lineNumber"_s).toString(), error.toString());
}

} // namespace SocketIo::detail
