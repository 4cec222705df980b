// SPDX-License-Identifier: MIT
#include "joinurl.h"

#include <QtCore/qcoreapplication.h>
#include <QtNetwork/qnetworkinterface.h>

using namespace Qt::StringLiterals;

namespace {

QHostAddress addressInTheNetwork()
{
    const QList<QNetworkInterface> interfaces = QNetworkInterface::allInterfaces();
    for (const QNetworkInterface &interface : interfaces) {
        if (!interface.flags().testFlag(QNetworkInterface::IsRunning))
            continue;
        const QList<QNetworkAddressEntry> entries = interface.addressEntries();
        for (const QNetworkAddressEntry &entry : entries) {
            const QHostAddress address = entry.ip();
            if (address.protocol() == QAbstractSocket::IPv4Protocol && !address.isLoopback()
                && !address.isLinkLocal())
                return address;
        }
    }
    return QHostAddress(QHostAddress::LocalHost);
}

bool isAny(const QHostAddress &address)
{
    return address == QHostAddress(QHostAddress::Any)
        || address == QHostAddress(QHostAddress::AnyIPv4)
        || address == QHostAddress(QHostAddress::AnyIPv6);
}

QUrl urlOf(const QHostAddress &address, quint16 port)
{
    QUrl url;
    url.setScheme(u"http"_s);
    url.setHost(address.toString());
    url.setPort(port);
    return url;
}

} // namespace

QUrl joinUrl(const QHostAddress &address, quint16 port)
{
    return urlOf(isAny(address) ? addressInTheNetwork() : address, port);
}

QUrl localUrl(const QHostAddress &address, quint16 port)
{
    if (!isAny(address))
        return urlOf(address, port);
    const bool isIPv6 = address == QHostAddress(QHostAddress::AnyIPv6);
    return urlOf(QHostAddress(isIPv6 ? QHostAddress::LocalHostIPv6 : QHostAddress::LocalHost),
                 port);
}

QString joinCommand(const QUrl &url)
{
    const QString program =
        qEnvironmentVariable("EXAMPLE_COMMAND", QCoreApplication::arguments().constFirst());
    return u"%1 --join %2"_s.arg(program, url.toString());
}

bool isLoopback(const QUrl &url)
{
    return url.host() == "localhost"_L1 || QHostAddress(url.host()).isLoopback();
}
