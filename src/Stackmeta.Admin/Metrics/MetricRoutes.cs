namespace Stackmeta.Admin;

/// <summary><c>/metrics</c>, in the form that the one who asks prefers.</summary>
public static class MetricRoutes
{
    public static IEnumerable<AdminRoute> Of(MetricStore store) =>
        [
            new("GET", "/metrics", "All metrics, as Prometheus reads them.", request => AnswerAsync(request, store))
            {
                Responses =
                [
                    new(200, "The text format of Prometheus, or OpenMetrics where Accept names it.", "text/plain"),
                ],
            },
        ];

    static Task AnswerAsync(AdminRequest request, MetricStore store)
    {
        var isOpenMetrics = request
            .Http.Request.Headers.Accept.ToString()
            .Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase);
        return AdminAnswer.TextAsync(
            request,
            200,
            PrometheusText.Render(store, isOpenMetrics),
            isOpenMetrics ? PrometheusText.OpenMetricsContentType : PrometheusText.ContentType
        );
    }
}
