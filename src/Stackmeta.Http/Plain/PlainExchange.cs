using System.Collections;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Http;

/// <summary>
/// A plain question and its answer, as an <see cref="HttpContext"/>. Made a few times, used for whichever connection asks next: nothing of one question is left when the
/// next begins.
/// </summary>
/// <param name="request">Read already when the exchange begins.</param>
/// <param name="response">The answer.</param>
/// <param name="observation">What is seen of it; null where nobody looks.</param>
sealed class PlainExchange(PlainRequest request, PlainResponse response, RequestObservation? observation)
    : IFeatureCollection,
        IHttpRequestLifetimeFeature,
        IHttpConnectionFeature
{
    /// <summary>What the application sets for one question.</summary>
    readonly FeatureList _own = new(behind: null);

    DefaultHttpContext? _context;
    SocketConnection? _connection;
    int _revision;

    public PlainRequest Request => request;

    public PlainResponse Response => response;

    public HttpContext Context => _context!;

    SocketConnection Connection => _connection ?? throw new ObjectDisposedException(nameof(PlainExchange));

    /// <summary>Begins the answer to what the request was read from.</summary>
    public void Begin(SocketConnection connection)
    {
        _connection = connection;
        _revision++;
        response.Begin(connection, request.Closes);
        if (_context is null)
        {
            _context = new(this);
        }
        else
        {
            _context.Initialize(this);
        }
        observation?.Begin(this);
    }

    /// <summary>The answer is sent, or will never be.</summary>
    public void End()
    {
        observation?.End();
        _context!.Uninitialize();
        _own.Clear();
        _connection = null;
    }

    bool IFeatureCollection.IsReadOnly => false;

    int IFeatureCollection.Revision => _revision;

    object? IFeatureCollection.this[Type key]
    {
        get => Find(key);
        set
        {
            _revision++;
            _own[key] = value;
        }
    }

    TFeature? IFeatureCollection.Get<TFeature>()
        where TFeature : default => (TFeature?)Find(typeof(TFeature));

    void IFeatureCollection.Set<TFeature>(TFeature? instance)
        where TFeature : default
    {
        _revision++;
        _own[typeof(TFeature)] = instance;
    }

    /// <summary>The application's own first, the connection's last.</summary>
    object? Find(Type key)
    {
        if (_own.Find(key) is { } own)
        {
            return own;
        }
        if (key == typeof(IHttpRequestFeature) || key == typeof(IHttpRequestBodyDetectionFeature))
        {
            return request;
        }
        if (key == typeof(IHttpResponseFeature) || key == typeof(IHttpResponseBodyFeature))
        {
            return response;
        }
        if (key == typeof(RequestObservation))
        {
            return observation;
        }
        return key == typeof(IHttpRequestLifetimeFeature) || key == typeof(IHttpConnectionFeature)
            ? this
            : Connection.Features[key];
    }

    IEnumerator<KeyValuePair<Type, object>> IEnumerable<KeyValuePair<Type, object>>.GetEnumerator() =>
        _own.Concat(Connection.Features).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _own.Concat(Connection.Features).GetEnumerator();

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => Connection.ConnectionClosed;
        set => throw new NotSupportedException();
    }

    void IHttpRequestLifetimeFeature.Abort()
    {
        response.Break();
        Connection.Abort(new ConnectionAbortedException());
    }

    string IHttpConnectionFeature.ConnectionId
    {
        get => Connection.ConnectionId;
        set => throw new NotSupportedException();
    }

    IPAddress? IHttpConnectionFeature.RemoteIpAddress
    {
        get => (Connection.RemoteEndPoint as IPEndPoint)?.Address;
        set => throw new NotSupportedException();
    }

    int IHttpConnectionFeature.RemotePort
    {
        get => (Connection.RemoteEndPoint as IPEndPoint)?.Port ?? 0;
        set => throw new NotSupportedException();
    }

    IPAddress? IHttpConnectionFeature.LocalIpAddress
    {
        get => null;
        set => throw new NotSupportedException();
    }

    int IHttpConnectionFeature.LocalPort
    {
        get => 0;
        set => throw new NotSupportedException();
    }
}
