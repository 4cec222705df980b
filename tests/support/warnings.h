// SPDX-License-Identifier: MIT
#ifndef WARNINGS_H
#define WARNINGS_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qlogging.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <utility>

// Collects the warnings of the module while it exists; one at a time. Others are printed as usual.
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

    const QStringList &all() const { return m_texts; }
    QString text() const { return m_texts.join(QStringLiteral(" | ")); }
    QStringList take() { return std::exchange(m_texts, {}); }

private:
    static void collect(QtMsgType type, const QMessageLogContext &context, const QString &text)
    {
        if (type == QtWarningMsg && QByteArrayView(context.category).startsWith("qt.socketio"))
            s_current->m_texts.append(text);
        else
            s_previous(type, context, text);
    }

    static inline Warnings *s_current = nullptr;
    static inline QtMessageHandler s_previous = nullptr;
    QStringList m_texts;
};

#endif
