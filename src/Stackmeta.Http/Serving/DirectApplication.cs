using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Stackmeta.Http;

/// <summary>
/// Hands each request straight to one method: no middleware, no scopes, no diagnostics. A connection's context is made once
/// and used for all its requests. For what is ordinary ASP.NET: the admin socket and the console.
/// </summary>
public sealed class DirectApplication(Func<HttpContext, Task> answer) : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        var answers = contextFeatures.Get<KestrelConnection>();
        answers?.RequestBegins();
        if (answers?.RawTarget is { } target)
        {
            contextFeatures.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        }
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
        if (context.Features.Get<KestrelConnection>() is { } answers)
        {
            if (answers.Rejection is { } rejection)
            {
                return KestrelResponse.WriteAsync(context.Features, answers.ResponseTo(rejection));
            }
            if (answers.EndsConnection)
            {
                context.Response.Headers.Connection = "close";
            }
        }
        return answer(context);
    }

    public void DisposeContext(DefaultHttpContext context, Exception? exception)
    {
        context.Features.Get<KestrelConnection>()?.RequestEnds();
        context.Uninitialize();
    }
}
