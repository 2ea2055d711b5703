using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Stackmeta.Http;

/// <summary>
/// A simple request and its response. Made a few times, used for whichever connection asks next: nothing of one request is left when the
/// next begins. Clients repeat their headers, which are then read once.
/// </summary>
/// <param name="longestTarget">Bytes of a target; a longer one is not simple.</param>
/// <param name="longestFields">Bytes of all fields; more are not simple.</param>
/// <param name="response">Writes the response.</param>
/// <param name="observation">What is seen of it; null where nobody looks.</param>
sealed class FastExchange(int longestTarget, int longestFields, FastResponse response, RequestObservation? observation)
{
    /// <summary>What the request's headers were read from; nothing when it was not simple.</summary>
    byte[] _fields = new byte[512];
    int _fieldsLength;
    bool _closes;
    string _target = "";
    SocketConnection? _connection;

    public Request Request { get; } = new() { Observation = observation };

    /// <summary>Whether the connection ends with the response.</summary>
    public bool Closes { get; private set; }

    /// <summary>Takes over what was received, if it is a simple request.</summary>
    public bool TryRead(ReadOnlySpan<byte> received)
    {
        if (
            !FastHead.TryDivide(received, out var target, out var fields)
            || fields.IsEmpty
            || target.Length > longestTarget
            || fields.Length > longestFields
            || (!fields.SequenceEqual(_fields.AsSpan(0, _fieldsLength)) && !TryReadFields(fields))
        )
        {
            return false;
        }
        _target = Encoding.ASCII.GetString(target);
        return true;
    }

    /// <summary>Begins with the request that was read.</summary>
    public void Begin(SocketConnection connection)
    {
        _connection = connection;
        Closes = _closes;
        Request.Begin(
            HttpMethods.Get,
            _target,
            connection: connection,
            peer: (connection.RemoteEndPoint as IPEndPoint)?.Address
        );
        observation?.Begin(Request);
    }

    /// <summary>Sends the response.</summary>
    /// <returns>False if nobody receives it any more, or if it is not what its head said and the connection can only be broken
    /// off.</returns>
    public ValueTask<bool> SendAsync(in Response made)
    {
        observation?.Answer(made.Status);
        Closes |= made.Closes;
        return made.IsCutOff ? new(false) : response.SendAsync(made, _connection!, Closes);
    }

    /// <summary>The response is sent, or will never be.</summary>
    public void End()
    {
        observation?.End();
        Request.End();
        response.Clear();
        _connection = null;
    }

    bool TryReadFields(ReadOnlySpan<byte> fields)
    {
        var headers = Request.Headers;
        headers.Clear();
        _fieldsLength = 0;
        if (!FastHead.TryReadFields(fields, headers, out _closes))
        {
            return false;
        }
        if (fields.Length > _fields.Length)
        {
            _fields = new byte[fields.Length];
        }
        fields.CopyTo(_fields);
        _fieldsLength = fields.Length;
        return true;
    }
}
