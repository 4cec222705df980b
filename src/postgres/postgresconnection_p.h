// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_POSTGRESCONNECTION_P_H
#define SOCKETIO_POSTGRESCONNECTION_P_H

#include "base/reconnection_p.h"
#include "base/warninglimit_p.h"
#include "postgres/postgresaddress_p.h"

#include <SocketIo/brokerstate.h>
#include <SocketIo/error.h>
#include <SocketIo/postgresoptions.h>

#include <QtCore/qset.h>
#include <QtCore/qsocketnotifier.h>
#include <QtCore/qtimer.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>

struct pg_conn;

namespace SocketIo::detail {

// A connection to PostgreSQL that reconnects by itself. It never blocks: statements are sent one
// after the other without waiting for results (libpq's pipeline mode), each as a transaction of its
// own. It uses libpq because Qt's driver blocks, and because that driver cannot listen to channels
// with a dot in their names, such as Socket.IO's.
//
// Nothing here may call the application: users of the signals and replies have to do that from a
// later event.
class SOCKETIO_POSTGRES_AUTOTEST_EXPORT PostgresConnection : public QObject
{
    Q_OBJECT

public:
    using State = BrokerState;

    struct Value
    {
        QByteArray bytes;
        bool isBinary = false;
    };
    struct Result
    {
        QString error;
        bool hasRow = false;
        std::optional<QByteArray> value; // the first value of the first row, in binary form
    };
    using Reply = std::function<void(const Result &result)>;

    explicit PostgresConnection(const PostgresOptions &options);
    ~PostgresConnection() override;

    State state() const { return m_state; }
    void open();
    void close();

    // Returns whether the statement will be sent, now or once there is a connection. A statement
    // that is under way when the connection breaks may or may not have been carried out; it is not
    // sent again.
    bool execute(const QByteArray &sql, const QList<Value> &values = {}, const Reply &reply = {});
    // Listens to the channel now, and again each time the connection opens.
    void listen(const QByteArray &channel);
    void unlisten(const QByteArray &channel);
    // Whether no statement waits to be sent or for its result.
    bool isIdle() const { return m_listening.empty() && m_waiting.empty() && m_sent.empty(); }

Q_SIGNALS:
    void stateChanged(SocketIo::BrokerState state);
    void errorOccurred(const SocketIo::Error &error);
    void notified(const QByteArray &channel, const QByteArray &payload, bool isOwn);
    void idle();

private:
    struct Statement
    {
        QByteArray sql;
        QList<Value> values;
        Reply reply;
        Result result;
        qsizetype size() const;
    };

    void setState(State state);
    void lookUp();
    void connectToServer(const PostgresAddress::Parameters &parameters);
    void pollConnecting();
    enum class Watch { Reading, Writing, Both };
    void watch(Watch what);
    void unwatch();
    void becomeReady();
    void tellOfReturn();
    void readable();
    void takeResults();
    void takeNotifications();
    void sendMore();
    std::optional<Statement> takeNext();
    bool sendOne(const Statement &statement);
    void flush();
    void fail(const QString &reason);
    QString libraryError() const;
    void abortConnection();

    const PostgresOptions m_options;
    State m_state = State::Closed;
    std::unique_ptr<PostgresAddress> m_address;
    pg_conn *m_connection = nullptr;
    QSocketNotifier *m_reading = nullptr;
    QSocketNotifier *m_writing = nullptr;
    QTimer m_timer;                     // limits an attempt to connect, or waits for the next one
    QTimer m_statementTimer;            // limits the oldest statement under way
    std::deque<QByteArray> m_listening; // LISTEN and UNLISTEN, in order, before what waits
    std::deque<Statement> m_waiting;
    std::deque<Statement> m_sent;
    qsizetype m_waitingBytes = 0;
    QSet<QByteArray> m_channels;
    EngineIo::detail::Reconnection m_reconnection;
    bool m_warned = false; // about dropped statements
    EngineIo::detail::WarningLimit m_errorWarnings{EngineIo::detail::WarningLimit::Many};
};

} // namespace SocketIo::detail

#endif
