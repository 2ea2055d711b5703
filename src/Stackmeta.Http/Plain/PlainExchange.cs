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
/// <param name="maxBody">Of other requests to the same server.</param>
/// <param name="observation">What is seen of it; null where nobody looks.</param>
sealed class PlainExchange(PlainRequest request, PlainResponse response, long? maxBody, RequestObservation? observation)
    : IFeatureCollection,
        IHttpRequestLifetimeFeature,
        IHttpConnectionFeature,
        IHttpRequestIdentifierFeature,
        IHttpMaxRequestBodySizeFeature,
        IHttpBodyControlFeature
{
    /// <summary>What the application sets for one question.</summary>
    readonly FeatureList _own = new(behind: null);

    DefaultHttpContext? _context;
    SocketConnection? _connection;
    int _revision;

    /// <summary>What the application has put in place of the connection's; nearly never anything.</summary>
    Changes? _changes;

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
        (_connection, _changes) = (null, null);
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
        return
            key == typeof(IHttpRequestLifetimeFeature)
            || key == typeof(IHttpConnectionFeature)
            || key == typeof(IHttpRequestIdentifierFeature)
            || key == typeof(IHttpMaxRequestBodySizeFeature)
            || key == typeof(IHttpBodyControlFeature)
            ? this
            : Connection.Features[key];
    }

    IEnumerator<KeyValuePair<Type, object>> IEnumerable<KeyValuePair<Type, object>>.GetEnumerator() =>
        _own.Concat(Connection.Features).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _own.Concat(Connection.Features).GetEnumerator();

    Changes Change => _changes ??= new();

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => _changes?.RequestAborted ?? Connection.ConnectionClosed;
        set => Change.RequestAborted = value;
    }

    void IHttpRequestLifetimeFeature.Abort()
    {
        response.Break();
        Connection.Abort(new ConnectionAbortedException());
    }

    string IHttpConnectionFeature.ConnectionId
    {
        get => _changes?.ConnectionId ?? Connection.ConnectionId;
        set => Change.ConnectionId = value;
    }

    IPAddress? IHttpConnectionFeature.RemoteIpAddress
    {
        get => _changes?.RemoteIpAddress ?? (Connection.RemoteEndPoint as IPEndPoint)?.Address;
        set => Change.RemoteIpAddress = value;
    }

    int IHttpConnectionFeature.RemotePort
    {
        get => _changes?.RemotePort ?? (Connection.RemoteEndPoint as IPEndPoint)?.Port ?? 0;
        set => Change.RemotePort = value;
    }

    IPAddress? IHttpConnectionFeature.LocalIpAddress
    {
        get => _changes?.LocalIpAddress;
        set => Change.LocalIpAddress = value;
    }

    int IHttpConnectionFeature.LocalPort
    {
        get => _changes?.LocalPort ?? 0;
        set => Change.LocalPort = value;
    }

    string IHttpRequestIdentifierFeature.TraceIdentifier
    {
        get => _changes?.TraceIdentifier ?? Connection.ConnectionId;
        set => Change.TraceIdentifier = value;
    }

    bool IHttpMaxRequestBodySizeFeature.IsReadOnly => false;

    long? IHttpMaxRequestBodySizeFeature.MaxRequestBodySize
    {
        get => _changes?.MaxRequestBodySize ?? maxBody;
        set => Change.MaxRequestBodySize = value;
    }

    /// <summary>There is no body, so that nothing waits for one.</summary>
    bool IHttpBodyControlFeature.AllowSynchronousIO { get; set; }

    sealed class Changes
    {
        public CancellationToken? RequestAborted { get; set; }
        public string? ConnectionId { get; set; }
        public IPAddress? RemoteIpAddress { get; set; }
        public int? RemotePort { get; set; }
        public IPAddress? LocalIpAddress { get; set; }
        public int? LocalPort { get; set; }
        public string? TraceIdentifier { get; set; }
        public long? MaxRequestBodySize { get; set; }
    }
}
