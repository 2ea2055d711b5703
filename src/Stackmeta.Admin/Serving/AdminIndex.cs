using System.Text;

namespace Stackmeta.Admin;

/// <summary>What says of itself what there is: the list at <c>/</c>, and the OpenAPI document.</summary>
static class AdminIndex
{
    public static IEnumerable<AdminRoute> WithIndex(IEnumerable<AdminRoute> routes)
    {
        var all = new List<AdminRoute>();
        all.Add(
            new("GET", "/", "Lists what can be asked.", request => AdminAnswer.TextAsync(request, 200, List(all)))
            {
                Responses = [new(200, "One line each.", "text/plain")],
            }
        );
        all.Add(
            new(
                "GET",
                "/openapi.json",
                "Describes all of it in OpenAPI 3.1.",
                request => AdminAnswer.JsonAsync(request, 200, json => OpenApi.Write(json, all))
            )
            {
                Responses = [new(200, "The document.", AdminAnswer.Json)],
            }
        );
        all.AddRange(routes);
        return all;
    }

    static string List(IReadOnlyList<AdminRoute> routes)
    {
        var text = new StringBuilder();
        var width = routes.Max(static route => route.Template.Length);
        foreach (var route in routes)
        {
            text.Append($"{route.Method, -6} {route.Template.PadRight(width)}  {route.Summary}\n");
        }
        return text.ToString();
    }
}
