// SPDX-License-Identifier: MIT
#ifndef REENTRANCY_LINE_H
#define REENTRANCY_LINE_H

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

// Numbered messages in one direction.
class Line
{
public:
    // The number of the next one, over the connection with that id; empty: over none yet.
    int send(const QString &connection)
    {
        m_sent.append({int(m_sent.size()), connection});
        return int(m_sent.size()) - 1;
    }
    void receive(int number) { m_received.append(number); }

    qsizetype receivedCount() const { return m_received.size(); }
    bool hasAllReceived() const
    {
        return m_sent.isEmpty() || isReceived(m_sent.constLast().number);
    }

    // Empty: in order, none twice, and all there that were sent over a connection that still is.
    // ordered: not what was sent by a hook that is called before another message goes out. Of two
    // connections the older one may come later: a slot of it runs an event loop.
    QByteArray problem(const QString &connection, bool ordered) const
    {
        QHash<QString, int> last; // of each connection
        for (qsizetype i = 0; i < m_received.size(); ++i) {
            const int number = m_received.at(i);
            if (m_received.indexOf(number) < i)
                return "twice: number " + QByteArray::number(number);
            const QString over = m_sent.at(number).connection;
            if (ordered && number < last.value(over, -1))
                return "out of order: number " + QByteArray::number(number);
            last.insert(over, number);
        }
        for (const Sent &message : m_sent) {
            if (message.connection == connection && !isReceived(message.number))
                return "lost: number " + QByteArray::number(message.number) + " of "
                    + QByteArray::number(m_sent.size());
        }
        return {};
    }

private:
    struct Sent
    {
        int number;
        QString connection;
    };
    bool isReceived(int number) const { return m_received.contains(number); }

    QList<Sent> m_sent;
    QList<int> m_received;
};

#endif
