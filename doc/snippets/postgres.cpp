// SPDX-License-Identifier: MIT
//! [adapter]
#include <SocketIo/PostgresAdapter>
#include <SocketIo/Server>
//! [adapter]
#include <SocketIo/PostgresEmitter>

//! [adapter]
using namespace Qt::StringLiterals;

SocketIo::ServerOptions clusterOverPostgres()
{
    SocketIo::PostgresAdapterOptions postgres;
    postgres.url = QUrl(u"postgresql://user:password@db.example.org/app"_s);
    SocketIo::ServerOptions options;
    options.adapter = SocketIo::PostgresAdapter::factory(postgres);
    return options;
}
//! [adapter]

//! [emitter]
void sellOut(SocketIo::PostgresEmitter *emitter, const QString &article)
{
    emitter->to(u"shop"_s).emitEvent(u"sold out"_s, article);
}
//! [emitter]

void closeShop(SocketIo::PostgresEmitter *emitter)
{
    //! [operator]
    emitter->of(u"/admin"_s).to(u"shop"_s).except(u"staff"_s).emitEvent(u"closed"_s);
    emitter->in(u"shop"_s).disconnectSockets();
    //! [operator]
}

void watchDatabase(SocketIo::PostgresEmitter *emitter)
{
    //! [state]
    QObject::connect(emitter, &SocketIo::PostgresEmitter::stateChanged, emitter,
                     [](SocketIo::BrokerState state) {
                         if (state == SocketIo::BrokerState::Waiting)
                             qWarning("the database is away; what is emitted waits");
                     });
    //! [state]
}
