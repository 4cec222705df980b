// SPDX-License-Identifier: MIT
#include "postgres/postgresconnection_p.h"

#include "base/callapplication_p.h"
#include "base/timelimits_p.h"
#include "postgres/postgreslogging_p.h"

#include <libpq-fe.h>

#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::callApplication;
using EngineIo::detail::timerTime;

namespace {

// How many statements may be under way without a result.
constexpr size_t MaxSent = 64;

void noteNotice(void *, const char *text)
{
    qCDebug(lcPostgres).noquote() << QString::fromUtf8(text).trimmed();
}

QByteArray quoted(QByteArray name)
{
    return '"' + name.replace('"', "\"\"") + '"';
}

} // namespace

qsizetype PostgresConnection::Statement::size() const
{
    qsizetype size = sql.size();
    for (const Value &value : values)
        size += value.bytes.size();
    return size;
}

PostgresConnection::PostgresConnection(const PostgresOptions &options)
    : m_options(options)
{
    m_timer.setSingleShot(true);
    m_statementTimer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        if (m_state == State::Waiting)
            lookUp();
        else if (m_state == State::Connecting)
            fail(u"no answer in time (PostgresOptions::connectTimeout)"_s);
    });
    connect(&m_statementTimer, &QTimer::timeout, this,
            [this] { fail(u"no answer in time (PostgresOptions::commandTimeout)"_s); });
}

PostgresConnection::~PostgresConnection()
{
    abortConnection();
}

void PostgresConnection::setState(State state)
{
    if (std::exchange(m_state, state) != state)
        callApplication([&] { Q_EMIT stateChanged(state); });
}

void PostgresConnection::open()
{
    if (m_state != State::Closed)
        return;
    m_reconnection.reset();
    lookUp();
}

void PostgresConnection::close()
{
    m_timer.stop();
    abortConnection();
    m_sent.clear();
    m_waiting.clear();
    m_waitingBytes = 0;
    setState(State::Closed);
}

void PostgresConnection::lookUp()
{
    m_timer.start(timerTime(m_options.connectTimeout));
    setState(State::Connecting);
    m_address = std::make_unique<PostgresAddress>(
        m_options.url, [this](const PostgresAddress::Parameters &parameters, const QString &error) {
            if (error.isEmpty())
                connectToServer(parameters);
            else
                fail(error);
        });
}

void PostgresConnection::connectToServer(const PostgresAddress::Parameters &parameters)
{
    PostgresAddress::Parameters all = parameters;
    all.insert("client_encoding", "UTF8");
    if (!all.contains("application_name"))
        all.insert("fallback_application_name", "QtSocketIo");
    QList<const char *> names;
    QList<const char *> values;
    for (auto it = all.cbegin(); it != all.cend(); ++it) {
        names.append(it.key().constData());
        values.append(it.value().constData());
    }
    names.append(nullptr);
    values.append(nullptr);
    m_connection = PQconnectStartParams(names.constData(), values.constData(), 0);
    if (!m_connection || PQstatus(m_connection) == CONNECTION_BAD) {
        fail(libraryError());
        return;
    }
    PQsetNoticeProcessor(m_connection, noteNotice, nullptr);
    watch(Watch::Writing);
}

// With several addresses, the descriptor may change with each step.
void PostgresConnection::pollConnecting()
{
    unwatch();
    switch (PQconnectPoll(m_connection)) {
    case PGRES_POLLING_READING:
        watch(Watch::Reading);
        break;
    case PGRES_POLLING_WRITING:
        watch(Watch::Writing);
        break;
    case PGRES_POLLING_OK:
        becomeReady();
        break;
    default:
        fail(libraryError());
    }
}

void PostgresConnection::watch(Watch what)
{
    unwatch();
    const int descriptor = PQsocket(m_connection);
    const auto make = [&](QSocketNotifier::Type type) {
        auto *notifier = new QSocketNotifier(descriptor, type, this);
        connect(notifier, &QSocketNotifier::activated, this, [this] {
            if (m_state == State::Connecting)
                pollConnecting();
            else
                readable();
        });
        return notifier;
    };
    if (what != Watch::Writing)
        m_reading = make(QSocketNotifier::Read);
    if (what != Watch::Reading)
        m_writing = make(QSocketNotifier::Write);
}

void PostgresConnection::unwatch()
{
    for (QSocketNotifier **notifier : {&m_reading, &m_writing}) {
        if (QSocketNotifier *const former = std::exchange(*notifier, nullptr)) {
            former->setEnabled(false);
            former->deleteLater(); // it may be calling at this moment
        }
    }
}

void PostgresConnection::becomeReady()
{
    m_timer.stop();
    if (PQsetnonblocking(m_connection, 1) != 0 || PQenterPipelineMode(m_connection) != 1) {
        fail(libraryError());
        return;
    }
    qCDebug(lcPostgres).noquote() << "Ready:" << PostgresAddress::text(m_options.url);
    m_warned = false;
    tellOfReturn();
    watch(Watch::Both);
    m_writing->setEnabled(false);
    for (const QByteArray &channel : std::as_const(m_channels))
        m_listening.push_back("LISTEN " + quoted(channel));
    setState(State::Ready);
    sendMore();
}

// The counterpart of fail()'s warning, but not each time for a connection that keeps coming and
// going.
void PostgresConnection::tellOfReturn()
{
    if (const std::optional<double> seconds = m_reconnection.succeeded()) {
        qCInfo(lcPostgres).noquote() << u"PostgreSQL at %1 is available again after %2 s"_s
                                            .arg(PostgresAddress::text(m_options.url))
                                            .arg(*seconds, 0, 'f', 1);
    }
}

bool PostgresConnection::execute(const QByteArray &sql, const QList<Value> &values,
                                 const Reply &reply)
{
    Statement statement{sql, values, reply, {}};
    const qsizetype size = statement.size();
    const char *why = nullptr;
    if (m_state == State::Closed)
        why = "the connection is closed";
    else if (!m_waiting.empty() && m_waitingBytes + size > m_options.maxQueuedBytes)
        why = "more than PostgresOptions::maxQueuedBytes wait to be sent";
    if (why) {
        if (!std::exchange(m_warned, true)) {
            qCWarning(lcPostgres).noquote()
                << "Messages for PostgreSQL at" << PostgresAddress::text(m_options.url)
                << "are dropped:" << why;
        }
        return false;
    }
    m_waitingBytes += size;
    m_waiting.push_back(std::move(statement));
    sendMore();
    return true;
}

void PostgresConnection::listen(const QByteArray &channel)
{
    m_channels.insert(channel);
    if (m_state == State::Ready) {
        m_listening.push_back("LISTEN " + quoted(channel));
        sendMore();
    }
}

void PostgresConnection::unlisten(const QByteArray &channel)
{
    m_channels.remove(channel);
    if (m_state == State::Ready) {
        m_listening.push_back("UNLISTEN " + quoted(channel));
        sendMore();
    }
}

std::optional<PostgresConnection::Statement> PostgresConnection::takeNext()
{
    if (!m_listening.empty()) {
        Statement statement{std::move(m_listening.front()), {}, {}, {}};
        m_listening.pop_front();
        return statement;
    }
    if (m_waiting.empty())
        return std::nullopt;
    Statement statement = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_waitingBytes -= statement.size();
    return statement;
}

void PostgresConnection::sendMore()
{
    while (m_state == State::Ready && m_sent.size() < MaxSent) {
        std::optional<Statement> next = takeNext();
        if (!next)
            break;
        const bool sent = sendOne(*next);
        m_sent.push_back(std::move(*next));
        if (!sent) {
            fail(libraryError());
            return;
        }
        m_sent.back().values.clear(); // the library has copied them
        if (m_sent.size() == 1)
            m_statementTimer.start(timerTime(m_options.commandTimeout));
    }
    if (m_state == State::Ready)
        flush();
}

bool PostgresConnection::sendOne(const Statement &statement)
{
    QList<const char *> values;
    QList<int> lengths;
    QList<int> formats;
    for (const Value &value : statement.values) {
        values.append(value.bytes.constData());
        lengths.append(int(value.bytes.size()));
        formats.append(value.isBinary ? 1 : 0);
    }
    return PQsendQueryParams(m_connection, statement.sql.constData(), int(values.size()), nullptr,
                             values.constData(), lengths.constData(), formats.constData(), 1)
        == 1
        && PQpipelineSync(m_connection) == 1;
}

void PostgresConnection::flush()
{
    const int left = PQflush(m_connection);
    if (left < 0)
        fail(libraryError());
    else
        m_writing->setEnabled(left > 0);
}

void PostgresConnection::readable()
{
    if (m_state != State::Ready)
        return;
    const bool isConnected = PQconsumeInput(m_connection) == 1;
    const QString reason = isConnected ? QString() : libraryError();
    takeResults();
    takeNotifications();
    if (m_state != State::Ready)
        return;
    if (!isConnected || PQstatus(m_connection) != CONNECTION_OK) {
        fail(reason.isEmpty() ? libraryError() : reason);
        return;
    }
    sendMore();
}

void PostgresConnection::takeResults()
{
    bool wasNull = false;
    const bool hadWork = !m_sent.empty();
    while (m_state == State::Ready && !m_sent.empty() && !PQisBusy(m_connection)) {
        const std::unique_ptr<PGresult, decltype(&PQclear)> got(PQgetResult(m_connection),
                                                                &PQclear);
        if (!got) { // one ends the results of a statement, two end all
            if (std::exchange(wasNull, true))
                break;
            continue;
        }
        wasNull = false;
        Result &result = m_sent.front().result;
        switch (PQresultStatus(got.get())) {
        case PGRES_PIPELINE_SYNC: {
            const Statement done = std::move(m_sent.front());
            m_sent.pop_front();
            m_statementTimer.stop();
            if (!m_sent.empty())
                m_statementTimer.start(timerTime(m_options.commandTimeout));
            if (done.reply) {
                done.reply(done.result);
            } else if (!done.result.error.isEmpty()) {
                EngineIo::detail::warnIfDue(lcPostgres(), m_errorWarnings.take(),
                                            u"PostgreSQL: %1"_s.arg(done.result.error));
                callApplication([&] {
                    Q_EMIT errorOccurred(Error(Error::Type::Transport, done.result.error));
                });
            }
            break;
        }
        case PGRES_TUPLES_OK:
            result.hasRow = PQntuples(got.get()) > 0;
            if (result.hasRow && PQnfields(got.get()) > 0 && !PQgetisnull(got.get(), 0, 0)) {
                result.value = QByteArray(PQgetvalue(got.get(), 0, 0),
                                          qsizetype(PQgetlength(got.get(), 0, 0)));
            }
            break;
        case PGRES_COMMAND_OK:
            break;
        default:
            result.error = QString::fromUtf8(PQresultErrorMessage(got.get())).trimmed();
        }
    }
    if (hadWork && m_state == State::Ready && isIdle())
        callApplication([&] { Q_EMIT idle(); });
}

void PostgresConnection::takeNotifications()
{
    while (m_state == State::Ready) {
        const std::unique_ptr<PGnotify, decltype(&PQfreemem)> got(PQnotifies(m_connection),
                                                                  &PQfreemem);
        if (!got)
            return;
        callApplication([&] {
            Q_EMIT notified(got->relname, got->extra, got->be_pid == PQbackendPID(m_connection));
        });
    }
}

QString PostgresConnection::libraryError() const
{
    const QString text =
        m_connection ? QString::fromUtf8(PQerrorMessage(m_connection)).simplified() : QString();
    return text.isEmpty() ? u"the connection is lost"_s : text;
}

void PostgresConnection::fail(const QString &reason)
{
    if (m_state == State::Closed || m_state == State::Waiting)
        return;
    const Error error(
        Error::Type::Transport,
        u"cannot use PostgreSQL at %1: %2"_s.arg(PostgresAddress::text(m_options.url), reason));
    if (m_reconnection.failed())
        qCWarning(lcPostgres).noquote() << error.message();
    abortConnection();
    m_timer.start(
        m_reconnection.delay(m_options.reconnectionDelay, m_options.reconnectionDelayMax));
    const std::deque<Statement> lost = std::exchange(m_sent, {});
    setState(State::Waiting);
    for (const Statement &statement : lost) {
        if (statement.reply) {
            Result result;
            result.error = error.message();
            statement.reply(result);
        }
    }
    callApplication([&] { Q_EMIT errorOccurred(error); });
}

void PostgresConnection::abortConnection()
{
    m_statementTimer.stop();
    m_listening.clear(); // a new connection listens to the channels of then
    m_address.reset();
    unwatch();
    PQfinish(std::exchange(m_connection, nullptr));
}

} // namespace SocketIo::detail

#include "moc_postgresconnection_p.cpp"
