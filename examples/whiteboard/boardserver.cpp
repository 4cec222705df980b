// SPDX-License-Identifier: MIT
#include "boardserver.h"

#include <QtGui/qcolor.h>

#include <algorithm>
#include <array>
#include <cmath>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {

// What strangers may ask of this process.
constexpr qsizetype MaxBoards = 200;
constexpr qsizetype MaxStrokes = 5000;
constexpr qsizetype MaxPoints = 5000;
constexpr qsizetype MaxNameSize = 40;

constexpr std::array PersonColors = {"#d1495b", "#00798c", "#edae49", "#66a182",
                                     "#2e4057", "#8d6a9f", "#e76f51", "#1d70a2"};

} // namespace

BoardServer::BoardServer(Server *io)
    : QObject(io)
    , m_io(io)
{
    io->use([this](Socket *socket, const Next &next) {
        const QVariantMap auth = socket->handshake().auth();
        const QString room = auth.value(u"room"_s).toString();
        if (room.isEmpty() || room.size() > MaxNameSize)
            next(Error(u"A board has a name of at most %1 characters"_s.arg(MaxNameSize)));
        else if (!m_boards.contains(room) && m_boards.size() >= MaxBoards)
            next(Error(u"There are too many boards"_s));
        else
            next();
    });
    connect(io, &Server::connected, this, &BoardServer::welcome);
}

void BoardServer::welcome(Socket *socket)
{
    const QVariantMap auth = socket->handshake().auth();
    const QString room = auth.value(u"room"_s).toString();
    const QString secret = auth.value(u"secret"_s).toString();
    const QString id = socket->id();
    Board &board = m_boards[room];
    const QString name = auth.value(u"name"_s).toString().trimmed().left(MaxNameSize);
    const Person person = {id, name.isEmpty() ? u"Somebody"_s : name, freeColor(board)};
    board.people.append(person);
    socket->join(room);
    socket->emitEvent(u"board"_s, person, board.strokes);
    m_io->to(room).emitEvent(u"people"_s, board.people);

    socket->on(u"stroke"_s, this,
               [this, room, secret, socket](const Stroke &stroke, const Ack &ack) {
                   ack(draw(room, secret, stroke, socket));
               });
    socket->on(u"undo"_s, this, [this, room, secret](const QString &strokeId, const Ack &ack) {
        undo(room, secret, strokeId);
        ack();
    });
    socket->on(u"sketch"_s, this, [room, id, socket](const Stroke &stroke) {
        if (isDrawable(stroke))
            socket->to(room).asVolatile().emitEvent(u"sketch"_s, id, stroke);
    });
    socket->on(u"cursor"_s, this, [room, id, socket](double x, double y) {
        socket->to(room).asVolatile().emitEvent(u"cursor"_s, id, x, y);
    });
    connect(socket, &Socket::disconnected, this, [this, room, id] { leave(room, id); });
}

// Drawing twice and undoing what is gone change nothing: a client may repeat itself.
bool BoardServer::draw(const QString &room, const QString &secret, const Stroke &stroke,
                       Socket *socket)
{
    if (!isDrawable(stroke))
        return false;
    Board &board = m_boards[room];
    if (board.owners.contains(stroke.id))
        return true;
    if (board.strokes.size() >= MaxStrokes) {
        const QString oldest = board.strokes.takeFirst().id;
        board.owners.remove(oldest);
        m_io->to(room).emitEvent(u"removed"_s, oldest);
    }
    board.strokes.append(stroke);
    board.owners.insert(stroke.id, secret);
    socket->to(room).emitEvent(u"stroke"_s, socket->id(), stroke);
    return true;
}

void BoardServer::undo(const QString &room, const QString &secret, const QString &strokeId)
{
    Board &board = m_boards[room];
    if (!board.owners.contains(strokeId) || board.owners.value(strokeId) != secret)
        return;
    board.owners.remove(strokeId);
    board.strokes.removeIf([&](const Stroke &stroke) { return stroke.id == strokeId; });
    m_io->to(room).emitEvent(u"removed"_s, strokeId);
}

void BoardServer::leave(const QString &room, const QString &id)
{
    Board &board = m_boards[room];
    board.people.removeIf([&](const Person &person) { return person.id == id; });
    // A board that nothing is on and nobody looks at needs no memory.
    if (board.people.isEmpty() && board.strokes.isEmpty())
        m_boards.remove(room);
    else
        m_io->to(room).emitEvent(u"people"_s, board.people);
}

QString BoardServer::freeColor(const Board &board)
{
    std::array<int, PersonColors.size()> uses = {};
    for (const Person &person : board.people) {
        for (size_t i = 0; i < uses.size(); ++i)
            uses[i] += person.color == QLatin1StringView(PersonColors[i]);
    }
    const auto least = std::min_element(uses.begin(), uses.end());
    return QLatin1StringView(PersonColors[size_t(least - uses.begin())]);
}

bool BoardServer::isDrawable(const Stroke &stroke)
{
    return !stroke.id.isEmpty() && stroke.id.size() <= MaxNameSize && !stroke.points.isEmpty()
        && stroke.points.size() <= 2 * MaxPoints && stroke.points.size() % 2 == 0
        && stroke.color.size() <= MaxNameSize && QColor::isValidColor(stroke.color)
        && stroke.width >= 1 && stroke.width <= 100
        && std::all_of(stroke.points.begin(), stroke.points.end(),
                       [](double value) { return std::abs(value) <= 10000; });
}
