// SPDX-License-Identifier: MIT
#ifndef CONNECTIONNOTE_H
#define CONNECTIONNOTE_H

#include <SocketIo/ClientSocket>

#include <QtCore/qtimer.h>

// What a window tells its user about a connection that is not there: why, and when the next attempt
// is. Make it a member, which goes before the socket does.
class ConnectionNote : public QObject
{
    Q_OBJECT

public:
    explicit ConnectionNote(SocketIo::ClientSocket *socket);

    QString text() const { return m_text; } // empty: connected
    QString hint() const;                   // what may help

Q_SIGNALS:
    void changed();

private:
    QString currentText() const;
    void update();

    SocketIo::ClientSocket *m_socket;
    QString m_text;
    QString m_end;      // how the last connection ended
    QTimer m_countdown; // runs while there is no connection
};

#endif
