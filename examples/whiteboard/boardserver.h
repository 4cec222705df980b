// SPDX-License-Identifier: MIT
#ifndef BOARDSERVER_H
#define BOARDSERVER_H

#include "stroke.h"

#include <SocketIo/Server>

#include <QtCore/qhash.h>

// Keeps the boards, one for each room, and tells everybody in a room what the others do.
//
// A client names its room and itself when it connects, and is sent "board" with who it is and all
// that is there. It sends "stroke" and "undo", which the board remembers, and "sketch" and
// "cursor", which are only passed on: they are old the next moment. It is told by "notice" of what
// the limits of the server do to a board.
class BoardServer : public QObject
{
    Q_OBJECT

public:
    explicit BoardServer(SocketIo::Server *io);

private:
    struct Board
    {
        QList<Stroke> strokes;
        qsizetype coordinates = 0;      // of all strokes
        QHash<QString, QString> owners; // the secret of who has drawn a stroke
        QList<Person> people;
        quint64 lastUse = 0; // the greatest is the latest
    };

    QString whyRefused(SocketIo::Socket *socket) const;
    void welcome(SocketIo::Socket *socket);
    void forgetOldestBoard();
    QString draw(const QString &room, const QString &secret, const Stroke &stroke,
                 SocketIo::Socket *socket);
    void makeSpace(const QString &room, qsizetype coordinates);
    void undo(const QString &room, const QString &secret, const QString &strokeId);
    void leave(const QString &room, const QString &id);
    static QString freeColor(const Board &board);
    static bool isDrawable(const Stroke &stroke);

    SocketIo::Server *m_io;
    QHash<QString, Board> m_boards; // by what their people call them
    quint64 m_uses = 0;
};

#endif
