using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Stackmeta.Agent;

namespace Stackmeta.Simulation.Tests;

/// <summary>One request of a guest as the agent sees it, and what became of it.</summary>
sealed class Exchange : IHttpRequestLifetimeFeature
{
    volatile string? _answeredAs;
    volatile bool _isAborted;

    public Exchange(Client client, bool hidesMacs)
    {
        Client = client;
        var features = new FeatureCollection(8);
        var request = new HttpRequestFeature
        {
            Method = "GET",
            RawTarget = "/latest/user-data",
            Path = "/latest/user-data",
        };
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IHttpRequestLifetimeFeature>(this);
        features.Set(this);
        if (client.Feature is { } feature && !hidesMacs)
        {
            features.Set<IGuestConnectionFeature>(feature);
        }
        else
        {
            // As the edge of another process tells the agent.
            var kind = client.Scope.Kind == Edge.EdgeScopeKind.Router ? "X-Neutron-Router-ID" : "X-Neutron-Network-ID";
            request.Headers[kind] = client.ScopeId;
            request.Headers["X-Forwarded-For"] = ((Edge.IGuestArrivalFeature)client).ClientAddress;
            if (!hidesMacs)
            {
                request.Headers["X-Stackmeta-Client-MAC"] = client.Mac?.ToString() ?? "unknown";
            }
        }
        Context = new DefaultHttpContext(features);
    }

    public Client Client { get; }

    public HttpContext Context { get; }

    /// <summary>Set by the API.</summary>
    public string? AnsweredAs
    {
        get => _answeredAs;
        set => _answeredAs = value;
    }

    public bool IsAborted => _isAborted;

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted { get; set; }

    void IHttpRequestLifetimeFeature.Abort() => _isAborted = true;
}
