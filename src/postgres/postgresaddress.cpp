// SPDX-License-Identifier: MIT
#include "postgres/postgresaddress_p.h"

#include "base/addresstext_p.h"

#include <QtCore/qtimer.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qhostinfo.h>

#include <libpq-fe.h>

#include <memory>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

PostgresAddress::Parameters parse(const QUrl &url, QString *error)
{
    PostgresAddress::Parameters parameters;
    // The error text of libpq would quote a URL that it does not understand in full, password
    // included.
    if (url.scheme() != "postgresql"_L1 && url.scheme() != "postgres"_L1) {
        *error = u"the scheme \"%1\" is not postgresql"_s.arg(url.scheme());
        return parameters;
    }
    char *reason = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(url.toEncoded().constData(), &reason), &PQconninfoFree);
    if (!options) {
        *error = QString::fromUtf8(reason ? reason : "out of memory").trimmed();
        PQfreemem(reason);
        return parameters;
    }
    for (const PQconninfoOption *option = options.get(); option->keyword; ++option) {
        if (option->val && *option->val)
            parameters.insert(option->keyword, option->val);
    }
    return parameters;
}

// A Unix domain socket: its folder, or the name of an abstract one.
bool isLocal(const QByteArray &host)
{
    return host.isEmpty() || host.startsWith('/') || host.startsWith('@');
}

} // namespace

QString PostgresAddress::text(const QUrl &url)
{
    QString error;
    const Parameters parameters = parse(url, &error);
    QString text = QString::fromUtf8(parameters.value("host", parameters.value("hostaddr")));
    if (text.isEmpty())
        text = u"localhost"_s;
    if (const QByteArray port = parameters.value("port"); !port.isEmpty())
        text = (text.contains(u',') ? text : EngineIo::detail::hostText(text)) + u':'
            + QString::fromUtf8(port); // a list is named as the application has written it
    return text;
}

PostgresAddress::PostgresAddress(const QUrl &url, const Found &found)
    : m_found(found)
{
    m_parameters = parse(url, &m_error);
    if (!m_parameters.contains("host") && qEnvironmentVariableIsSet("PGHOST"))
        m_parameters.insert("host", qgetenv("PGHOST"));
    const QByteArray port = m_parameters.value("port", qgetenv("PGPORT"));
    const QList<QByteArray> ports = port.split(',');
    if (m_error.isEmpty() && !m_parameters.contains("hostaddr")) {
        const QList<QByteArray> names = m_parameters.value("host").split(',');
        for (qsizetype i = 0; i < names.size(); ++i)
            m_hosts.append({names[i], ports.value(ports.size() == 1 ? 0 : i), {}});
    }
    lookUp();
}

void PostgresAddress::lookUp()
{
    for (qsizetype i = 0; i < m_hosts.size(); ++i) {
        if (isLocal(m_hosts[i].name))
            continue;
        const QString name = QString::fromUtf8(m_hosts[i].name);
        // For an address, QHostInfo would look up the name.
        if (const QHostAddress address(name); !address.isNull()) {
            m_hosts[i].addresses.append(address.toString().toUtf8());
            continue;
        }
        ++m_missing;
        QHostInfo::lookupHost(name, this, [this, i](const QHostInfo &info) {
            const QList<QHostAddress> addresses = info.addresses();
            for (const QHostAddress &address : addresses)
                m_hosts[i].addresses.append(address.toString().toUtf8());
            if (addresses.isEmpty())
                m_error = info.errorString();
            if (--m_missing == 0)
                complete();
        });
    }
    if (m_missing == 0)
        QTimer::singleShot(0, this, [this] { complete(); });
}

// Names with several addresses become several hosts, as libpq takes one address for each host.
void PostgresAddress::complete()
{
    QList<QByteArray> names;
    QList<QByteArray> addresses;
    QList<QByteArray> ports;
    for (const Host &host : std::as_const(m_hosts)) {
        if (isLocal(host.name)) {
            names.append(host.name);
            addresses.append(QByteArray());
            ports.append(host.port);
        }
        for (const QByteArray &address : host.addresses) {
            names.append(host.name);
            addresses.append(address);
            ports.append(host.port);
        }
    }
    if (!names.isEmpty()) {
        m_error.clear();
        m_parameters.insert("host", names.join(','));
        m_parameters.insert("port", ports.join(','));
        if (addresses.join() != "")
            m_parameters.insert("hostaddr", addresses.join(','));
    }
    const Found found = std::exchange(m_found, {}); // it may destroy this object
    found(m_parameters, m_error);
}

} // namespace SocketIo::detail
