// SPDX-License-Identifier: MIT
#ifndef WARNINGS_H
#define WARNINGS_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qlogging.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <mutex>
#include <utility>

// Collects the warnings of the module, of all its threads, while it exists; one at a time. Others are
// printed as usual.
class Warnings
{
public:
    Warnings()
    {
        s_current = this;
        s_previous = qInstallMessageHandler(collect);
    }
    ~Warnings()
    {
        qInstallMessageHandler(s_previous);
        s_current = nullptr;
    }
    Q_DISABLE_COPY_MOVE(Warnings)

    QStringList all() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_texts;
    }
    QString text() const { return all().join(QStringLiteral(" | ")); }
    QStringList take()
    {
        const std::scoped_lock lock(m_mutex);
        return std::exchange(m_texts, {});
    }

private:
    static void collect(QtMsgType type, const QMessageLogContext &context, const QString &text)
    {
        if (type != QtWarningMsg || !QByteArrayView(context.category).startsWith("qt.socketio")) {
            s_previous(type, context, text);
            return;
        }
        const std::scoped_lock lock(s_current->m_mutex);
        s_current->m_texts.append(text);
    }

    static inline Warnings *s_current = nullptr;
    static inline QtMessageHandler s_previous = nullptr;
    mutable std::mutex m_mutex;
    QStringList m_texts;
};

#endif
