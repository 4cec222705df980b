// SPDX-License-Identifier: MIT
#include "boardclient.h"

#include <SocketIo/Manager>

#include <QtCore/quuid.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {

ClientOptions optionsOf(const QString &room, const QString &name)
{
    ClientOptions options;
    // The secret makes this the owner of its strokes, also in the next connection.
    options.auth = {{u"room"_s, room},
                    {u"name"_s, name},
                    {u"secret"_s, QUuid::createUuid().toString(QUuid::WithoutBraces)}};
    return options;
}

} // namespace

BoardClient::BoardClient(const QUrl &url, const QString &room, const QString &name, QObject *parent)
    : QObject(parent)
    , m_room(room)
    , m_socket(Manager::connectTo(url, optionsOf(room, name)))
    , m_note(m_socket)
{
    m_socket->setParent(this);
    connect(&m_note, &ConnectionNote::changed, this, &BoardClient::stateChanged);
    m_socket->on(u"board"_s, this, &BoardClient::synchronize);
    m_socket->on(u"people"_s, this, [this](const QList<Person> &people) {
        m_people = people;
        Q_EMIT peopleChanged();
    });
    m_socket->on(u"stroke"_s, this, [this](const QString &personId, const Stroke &stroke) {
        m_strokes.append(stroke);
        Q_EMIT strokeAdded(stroke, personId);
    });
    m_socket->on(u"removed"_s, this, &BoardClient::remove);
    m_socket->on(u"notice"_s, this, &BoardClient::notify);
    m_socket->on(u"sketch"_s, this, [this](const QString &personId, const Stroke &stroke) {
        if (stroke.points.size() >= 2)
            Q_EMIT sketched(stroke, personId);
    });
    m_socket->on(u"cursor"_s, this, [this](const QString &personId, double x, double y) {
        Q_EMIT cursorMoved({x, y}, personId);
    });
    connect(m_socket, &ClientSocket::stateChanged, this, &BoardClient::stateChanged);
    connect(m_socket, &ClientSocket::disconnected, this, [this] {
        m_people.clear();
        Q_EMIT peopleChanged();
    });
}

void BoardClient::synchronize(const Person &self, const QList<Stroke> &strokes)
{
    m_self = self;
    QSet<QString> there;
    for (const Stroke &stroke : strokes)
        there.insert(stroke.id);
    QList<Stroke> missing;
    for (const Stroke &stroke : std::as_const(m_strokes)) {
        if (m_own.contains(stroke.id) && !there.contains(stroke.id))
            missing.append(stroke);
    }
    m_unsent.subtract(there);
    m_strokes = strokes;
    m_strokes.removeIf([this](const Stroke &stroke) { return m_undone.contains(stroke.id); });
    m_strokes.append(missing);

    for (const QString &id : std::as_const(m_undone))
        sendUndo(id);
    for (const Stroke &stroke : std::as_const(missing))
        sendStroke(stroke);
    Q_EMIT strokesChanged();
    Q_EMIT stateChanged();
}

void BoardClient::draw(const Stroke &stroke)
{
    m_notice.clear();
    m_strokes.append(stroke);
    m_own.append(stroke.id);
    Q_EMIT strokeAdded(stroke, m_self.id);
    sendStroke(stroke);
    Q_EMIT stateChanged();
}

void BoardClient::undo()
{
    if (m_own.isEmpty())
        return;
    const QString id = m_own.takeLast();
    m_undone.insert(id);
    remove(id);
    sendUndo(id);
}

void BoardClient::sketch(const Stroke &stroke)
{
    m_socket->asVolatile().emitEvent(u"sketch"_s, stroke);
}

void BoardClient::moveCursor(QPointF position)
{
    m_socket->asVolatile().emitEvent(u"cursor"_s, position.x(), position.y());
}

void BoardClient::sendStroke(const Stroke &stroke)
{
    m_unsent.insert(stroke.id);
    if (!isOnline())
        return; // synchronize() will
    m_socket->emitWithAck(u"stroke"_s, stroke)
        ->then(this, [this, id = stroke.id](bool accepted, const QString &why) {
            m_unsent.remove(id);
            if (!accepted) {
                remove(id);
                notify(why);
            }
            Q_EMIT stateChanged();
        });
}

void BoardClient::sendUndo(const QString &id)
{
    if (!isOnline())
        return;
    m_socket->emitWithAck(u"undo"_s, id)->then(this, [this, id] { m_undone.remove(id); });
}

void BoardClient::remove(const QString &id)
{
    m_own.removeAll(id);
    m_unsent.remove(id);
    if (m_strokes.removeIf([&](const Stroke &stroke) { return stroke.id == id; }) > 0) {
        Q_EMIT strokesChanged();
        Q_EMIT stateChanged();
    }
}

void BoardClient::notify(const QString &notice)
{
    m_notice = notice;
    Q_EMIT stateChanged();
}
