// SPDX-License-Identifier: MIT
#include "listmodel.h"

#include "measurement.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlerror.h>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;

namespace {

// What QML signals.
class Listener : public QObject
{
    Q_OBJECT

public:
    Listener(QObject *rows, int count, int burst, Measurement *measurement)
        : m_rows(rows)
        , m_left(count)
        , m_burst(burst)
        , m_measurement(measurement)
    {
        connect(rows, SIGNAL(burstApplied()), this, SLOT(burstApplied()));
        connect(rows, SIGNAL(failed(QString)), this, SLOT(failed(QString)));
        ask();
    }

public Q_SLOTS:
    void burstApplied()
    {
        m_left -= m_asked;
        const int asked = m_asked;
        if (m_left > 0)
            ask();
        m_measurement->done(asked);
    }
    void failed(const QString &reason) { qFatal("%s", qPrintable(reason)); }

private:
    void ask()
    {
        m_asked = std::min(m_burst, m_left);
        QMetaObject::invokeMethod(m_rows, "ask", Q_ARG(QVariant, m_asked));
    }

    QObject *m_rows;
    int m_left;
    int m_burst;
    int m_asked = 0;
    Measurement *m_measurement;
};

} // namespace

void changesOfAListModel(const QUrl &url, const QString &transport, const QString &parser,
                         const char *row, int count, int burst)
{
    QQmlEngine engine;
    QObject::connect(&engine, &QQmlEngine::warnings, &engine, [](const QList<QQmlError> &warnings) {
        qFatal("%s", qPrintable(warnings.constFirst().toString()));
    });
    engine.addImportPath(QStringLiteral(QML_IMPORTS));
    QQmlComponent component(&engine,
                            QUrl::fromLocalFile(QStringLiteral(SOURCE_FOLDER "/rows.qml")));
    const QVariantMap options{{u"transports"_s, QStringList{transport}},
                              {u"parser"_s, parser},
                              {u"reconnection"_s, false}};
    const std::unique_ptr<QObject> rows(
        component.createWithInitialProperties({{u"url"_s, url}, {u"options"_s, options}}));
    if (!rows)
        qFatal("%s", qPrintable(component.errorString()));
    const auto *model = rows->property("rows").value<QAbstractItemModel *>();
    // All rows are there, and the connection stands, before it is measured how they change.
    Measurement arrival(nullptr, burst);
    const Listener first(rows.get(), burst, burst, &arrival);
    arrival.wait();
    QObject::disconnect(rows.get(), nullptr, &first, nullptr);
    const int before = model->rowCount();

    Measurement measurement(row, count);
    const Listener listener(rows.get(), count, burst, &measurement);
    measurement.wait();
    if (before == 0 || model->rowCount() != before)
        qFatal("%d rows after %d", model->rowCount(), before);
}

#include "listmodel.moc"
