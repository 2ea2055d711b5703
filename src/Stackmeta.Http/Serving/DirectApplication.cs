using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Stackmeta.Metadata;

namespace Stackmeta.Http;

/// <summary>
/// Hands each request straight to one method: no middleware, no scopes, no diagnostics. A connection's context is made once
/// and used for all its requests.
/// </summary>
public sealed class DirectApplication(Func<HttpContext, Task> answer) : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        contextFeatures.Get<ExplainedAnswers>()?.RequestBegins();
        contextFeatures.Get<RequestObservation>()?.Begin(contextFeatures);
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
        {
            return new DefaultHttpContext(contextFeatures);
        }
        if (container.HostContext is { } used)
        {
            used.Initialize(contextFeatures);
            return used;
        }
        return container.HostContext = new DefaultHttpContext(contextFeatures);
    }

    public Task ProcessRequestAsync(DefaultHttpContext context)
    {
        if (context.Features.Get<ExplainedAnswers>() is { EndsConnection: true })
        {
            context.Response.Headers.Connection = "close";
        }
        return RequestFraming.Check(context) is var refusal and not Refusal.None
            ? RequestFraming.RefuseAsync(context, refusal)
            : answer(context);
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception)
    {
        context.Features.Get<ExplainedAnswers>()?.RequestEnds();
        RequestObservation.Of(context)?.End();
        context.Uninitialize();
    }
}
