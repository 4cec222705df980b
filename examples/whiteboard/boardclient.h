// SPDX-License-Identifier: MIT
#ifndef BOARDCLIENT_H
#define BOARDCLIENT_H

#include "connectionnote.h"
#include "stroke.h"

#include <SocketIo/ClientSocket>

#include <QtCore/qset.h>
#include <QtCore/qurl.h>

// One person's view of a board, kept in step with the server's.
//
// Drawing works without a connection. After each connection the server sends the whole board;
// what it lacks of this person's strokes is sent then, and what it still has of the undone ones is
// undone there. So nothing is lost when a connection breaks, or when the server starts afresh.
class BoardClient : public QObject
{
    Q_OBJECT

public:
    BoardClient(const QUrl &url, const QString &room, const QString &name,
                QObject *parent = nullptr);

    QString room() const { return m_room; }
    QList<Stroke> strokes() const { return m_strokes; }
    QList<Person> people() const { return m_people; }
    Person self() const { return m_self; }
    bool isOnline() const { return m_socket->isConnected(); }
    QString whyOffline() const { return m_note.text(); }
    bool canUndo() const { return !m_own.isEmpty(); }
    QString notice() const { return m_notice; } // what limits of the server have done to the board
    qsizetype unsentCount() const { return m_unsent.size(); }

    void draw(const Stroke &stroke);
    void undo();
    void sketch(const Stroke &stroke); // a stroke while it is being drawn
    void moveCursor(QPointF position);

Q_SIGNALS:
    void strokesChanged();
    void strokeAdded(const Stroke &stroke, const QString &personId);
    void sketched(const Stroke &stroke, const QString &personId);
    void cursorMoved(QPointF position, const QString &personId);
    void peopleChanged();
    void stateChanged();

private:
    void synchronize(const Person &self, const QList<Stroke> &strokes);
    void sendStroke(const Stroke &stroke);
    void sendUndo(const QString &id);
    void remove(const QString &id);
    void notify(const QString &notice);

    QString m_room;
    QString m_notice;
    SocketIo::ClientSocket *m_socket;
    ConnectionNote m_note;
    Person m_self;
    QList<Person> m_people;
    QList<Stroke> m_strokes; // in the order in which they cover each other
    QStringList m_own;       // the strokes that undo() takes back, the newest last
    QSet<QString> m_unsent;  // own strokes that the server has not confirmed
    QSet<QString> m_undone;  // own strokes that the server may still have
};

#endif
