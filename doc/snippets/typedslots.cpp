// SPDX-License-Identifier: MIT
#include "snippets.h"

#include <QtCore/QHash>
#include <QtCore/QPoint>

#include <optional>

using namespace Qt::StringLiterals;

//! [members]
void Recorder::listenTo(SocketIo::Socket *socket)
{
    socket->on(u"reading"_s, this, &Recorder::addReading);
    socket->on(u"readings"_s, this, &Recorder::addReadings);
}

void Recorder::addReading(const Reading &reading)
{
    readings.append(reading);
}

void Recorder::addReadings(const QList<Reading> &list, const SocketIo::Ack &ack)
{
    readings.append(list);
    ack(list.size());
}
//! [members]

void serveTypes(SocketIo::Server *io, Recorder *recorder)
{
    QObject::connect(
        io, &SocketIo::Server::connected, recorder, [recorder](SocketIo::Socket *socket) {
            recorder->listenTo(socket);

            //! [lambdas]
            socket->on(u"move"_s, recorder, [socket](int x, int y, std::optional<QString> note) {
                socket->broadcast().emitEvent(u"moved"_s, x, y, note.value_or(u"none"_s));
            });
            socket->on(u"upload"_s, recorder, [](const QString &name, const QByteArray &bytes) {
                qInfo() << name << "has" << bytes.size() << "bytes";
            });
            socket->on(u"settings"_s, recorder, [](const QVariantMap &settings) {
                qInfo() << settings.value(u"theme"_s).toString();
            });
            socket->on(u"raw"_s, recorder,
                       [](const QVariantList &args) { qInfo() << args.size() << "arguments"; });
            //! [lambdas]

            //! [errors]
            QObject::connect(socket, &SocketIo::Socket::errorOccurred, recorder,
                             [recorder](const SocketIo::Error &error) {
                                 recorder->refused.append(error.message());
                             });
            //! [errors]

            //! [forward]
            // Each levelChanged(level, text) is sent as the event "level".
            socket->forward(recorder, &Recorder::levelChanged, u"level"_s);
            //! [forward]
        });
}

//! [send]
void sendReadings(SocketIo::ClientSocket *socket)
{
    Reading reading;
    reading.sensor = u"boiler"_s;
    reading.value = 61.5;
    reading.time = QDateTime::currentDateTimeUtc();
    socket->emitEvent(u"reading"_s, reading);
    socket->emitEvent(u"readings"_s, QList<Reading>{reading, reading});
    socket->emitEvent(u"move"_s, 3, 4);
    socket->emitEvent(u"upload"_s, u"logo.png"_s, QByteArray("\x89PNG", 4));
    socket->emitEvent(u"settings"_s, QHash<QString, QString>{{u"theme"_s, u"dark"_s}});
}
//! [send]

void catchAll(SocketIo::ClientSocket *socket, QObject *context, QStringList *names)
{
    //! [any]
    socket->onAny(context, [names](const QString &event, const QVariantList &args) {
        names->append(u"%1 (%2)"_s.arg(event).arg(args.size()));
    });
    //! [any]
}
