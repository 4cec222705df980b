// SPDX-License-Identifier: MIT
#ifndef SUITES_H
#define SUITES_H

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <functional>
#include <memory>

// A running server, and the port it has.
struct Suite
{
    std::unique_ptr<QObject> server;
    quint16 port = 0;
};

Suite startEngineSuite(quint16 port, bool allowEIO3);
Suite startEngineClientSuite(quint16 port);
Suite startSocketSuite(quint16 port);
Suite startSocketClientSuite(quint16 port);

#endif
