// SPDX-License-Identifier: MIT
#include "connectionnote.h"

#include <SocketIo/Manager>

#include <QtCore/qdatetime.h>
#include <QtCore/qurl.h>

#include <algorithm>

using namespace SocketIo;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

ConnectionNote::ConnectionNote(ClientSocket *socket)
    : m_socket(socket)
{
    m_countdown.setInterval(250ms);
    connect(&m_countdown, &QTimer::timeout, this, &ConnectionNote::update);
    connect(socket, &ClientSocket::disconnected, this,
            [this](ClientSocket::DisconnectReason, const QString &description) {
                m_end = description;
                update();
            });
    connect(socket, &ClientSocket::stateChanged, this, &ConnectionNote::update);
    connect(socket, &ClientSocket::activeChanged, this, &ConnectionNote::update);
    connect(socket, &ClientSocket::lastErrorChanged, this, &ConnectionNote::update);
    connect(socket->manager(), &Manager::stateChanged, this, &ConnectionNote::update);
    update();
}

QString ConnectionNote::hint() const
{
    return m_text.isEmpty() ? QString() : m_socket->lastError().hint();
}

QString ConnectionNote::currentText() const
{
    if (m_socket->isConnected())
        return {};
    const Error error = m_socket->lastError();
    const QString reason = error ? error.message() : m_end;
    // After a refusal there is no next attempt.
    if (!m_socket->isActive())
        return reason.isEmpty() ? tr("Not connected.") : tr("Not connected: %1.").arg(reason);
    QString text = reason.isEmpty()
        ? tr("Connecting to %1.").arg(m_socket->manager()->url().toString())
        : tr("Offline: %1.").arg(reason);
    const QDateTime next = m_socket->manager()->nextAttempt();
    if (next.isValid()) {
        const qint64 left = QDateTime::currentDateTimeUtc().msecsTo(next);
        text += u' ' + tr("Next attempt in %1 s.").arg(std::max<qint64>(1, (left + 999) / 1000));
    }
    return text;
}

void ConnectionNote::update()
{
    const QString text = currentText();
    if (text.isEmpty()) {
        m_countdown.stop();
        m_end.clear();
    } else if (!m_countdown.isActive()) {
        m_countdown.start();
    }
    if (text == m_text)
        return;
    m_text = text;
    Q_EMIT changed();
}
