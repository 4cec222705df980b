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
constexpr qsizetype MaxPoints = 5000;                // of a stroke
constexpr qsizetype MaxCoordinates = 2 * 200 * 1000; // of a board
constexpr qsizetype MaxPeople = 50;                  // at a board
constexpr qsizetype MaxNameSize = 40;

constexpr std::array PersonColors = {"#d1495b", "#00798c", "#edae49", "#66a182",
                                     "#2e4057", "#8d6a9f", "#e76f51", "#1d70a2"};

// A prefix, so that no board has the name of the room in which somebody is alone: that is an id.
QString roomOf(const QString &board)
{
    return u"board:"_s + board;
}

bool isOnPage(double coordinate)
{
    return std::abs(coordinate) <= 10000;
}

} // namespace

BoardServer::BoardServer(Server *io)
    : QObject(io)
    , m_io(io)
{
    io->use([this](Socket *socket, const Next &next) {
        const QString why = whyRefused(socket);
        next(why.isEmpty() ? Error() : Error(why));
    });
    connect(io, &Server::connected, this, &BoardServer::welcome);
}

QString BoardServer::whyRefused(Socket *socket) const
{
    const QVariantMap auth = socket->handshake().auth();
    const QString room = auth.value(u"room"_s).toString();
    if (room.isEmpty() || room.size() > MaxNameSize)
        return u"A board has a name of at most %1 characters"_s.arg(MaxNameSize);
    if (auth.value(u"secret"_s).toString().size() > MaxNameSize)
        return u"A secret has at most %1 characters"_s.arg(MaxNameSize);
    const auto board = m_boards.constFind(room);
    if (board != m_boards.cend()) {
        return board->people.size() < MaxPeople
            ? QString()
            : u"%1 people are at this board already, as many as fit"_s.arg(MaxPeople);
    }
    const bool isSpace = m_boards.size() < MaxBoards
        || std::any_of(m_boards.cbegin(), m_boards.cend(),
                       [](const Board &each) { return each.people.isEmpty(); });
    return isSpace ? QString() : u"There are too many boards"_s;
}

void BoardServer::welcome(Socket *socket)
{
    const QVariantMap auth = socket->handshake().auth();
    const QString room = auth.value(u"room"_s).toString();
    const QString secret = auth.value(u"secret"_s).toString();
    const QString id = socket->id();
    if (!m_boards.contains(room) && m_boards.size() >= MaxBoards)
        forgetOldestBoard();
    Board &board = m_boards[room];
    board.lastUse = ++m_uses;
    const QString name = auth.value(u"name"_s).toString().trimmed().left(MaxNameSize);
    const Person person = {id, name.isEmpty() ? u"Somebody"_s : name, freeColor(board)};
    board.people.append(person);
    socket->join(roomOf(room));
    socket->emitEvent(u"board"_s, person, board.strokes);
    m_io->to(roomOf(room)).emitEvent(u"people"_s, board.people);

    socket->on(u"stroke"_s, this,
               [this, room, secret, socket](const Stroke &stroke, const Ack &ack) {
                   const QString why = draw(room, secret, stroke, socket);
                   ack(why.isEmpty(), why);
               });
    socket->on(u"undo"_s, this, [this, room, secret](const QString &strokeId, const Ack &ack) {
        undo(room, secret, strokeId);
        ack();
    });
    socket->on(u"sketch"_s, this, [room, id, socket](const Stroke &stroke) {
        if (isDrawable(stroke))
            socket->to(roomOf(room)).asVolatile().emitEvent(u"sketch"_s, id, stroke);
    });
    socket->on(u"cursor"_s, this, [room, id, socket](double x, double y) {
        if (isOnPage(x) && isOnPage(y))
            socket->to(roomOf(room)).asVolatile().emitEvent(u"cursor"_s, id, x, y);
    });
    connect(socket, &Socket::disconnected, this, [this, room, id] { leave(room, id); });
}

// Of those that nobody looks at.
void BoardServer::forgetOldestBoard()
{
    auto oldest = m_boards.end();
    for (auto it = m_boards.begin(); it != m_boards.end(); ++it) {
        if (it->people.isEmpty() && (oldest == m_boards.end() || it->lastUse < oldest->lastUse))
            oldest = it;
    }
    if (oldest != m_boards.end())
        m_boards.erase(oldest);
}

// Answers why not, or nothing. Drawing twice and undoing what is gone change nothing: a client may
// repeat itself.
QString BoardServer::draw(const QString &room, const QString &secret, const Stroke &stroke,
                          Socket *socket)
{
    if (!isDrawable(stroke))
        return u"The server does not take this stroke: it has at most %1 points"_s.arg(MaxPoints);
    if (m_boards[room].owners.contains(stroke.id))
        return {};
    makeSpace(room, stroke.points.size());
    Board &board = m_boards[room];
    board.strokes.append(stroke);
    board.coordinates += stroke.points.size();
    board.owners.insert(stroke.id, secret);
    socket->to(roomOf(room)).emitEvent(u"stroke"_s, socket->id(), stroke);
    return {};
}

void BoardServer::makeSpace(const QString &room, qsizetype coordinates)
{
    Board &board = m_boards[room];
    bool isFull = false;
    while (!board.strokes.isEmpty()
           && (board.strokes.size() >= MaxStrokes
               || board.coordinates + coordinates > MaxCoordinates)) {
        const Stroke oldest = board.strokes.takeFirst();
        board.coordinates -= oldest.points.size();
        board.owners.remove(oldest.id);
        m_io->to(roomOf(room)).emitEvent(u"removed"_s, oldest.id);
        isFull = true;
    }
    if (isFull)
        m_io->to(roomOf(room))
            .emitEvent(u"notice"_s,
                       u"The board is full: its oldest strokes make room for new ones"_s);
}

void BoardServer::undo(const QString &room, const QString &secret, const QString &strokeId)
{
    Board &board = m_boards[room];
    if (!board.owners.contains(strokeId) || board.owners.value(strokeId) != secret)
        return;
    board.owners.remove(strokeId);
    board.strokes.removeIf([&](const Stroke &stroke) {
        if (stroke.id != strokeId)
            return false;
        board.coordinates -= stroke.points.size();
        return true;
    });
    m_io->to(roomOf(room)).emitEvent(u"removed"_s, strokeId);
}

void BoardServer::leave(const QString &room, const QString &id)
{
    Board &board = m_boards[room];
    board.people.removeIf([&](const Person &person) { return person.id == id; });
    // A board that nothing is on and nobody looks at needs no memory.
    if (board.people.isEmpty() && board.strokes.isEmpty())
        m_boards.remove(room);
    else
        m_io->to(roomOf(room)).emitEvent(u"people"_s, board.people);
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
        && stroke.color.size() <= MaxNameSize && QColor::isValidColorName(stroke.color)
        && stroke.width >= 1 && stroke.width <= 100
        && std::all_of(stroke.points.begin(), stroke.points.end(), isOnPage);
}
